import BundleModel
import FoundationEssentials

/// What an archive says of one suite: which indexes it has, with their digests, and until when that holds.
struct InReleaseFile: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        /// Bytes.
        let size: UInt64
        let sha256: SHA256Digest
    }

    /// Where it was read from.
    let url: String
    let suite: String?
    let codename: String?
    let date: Date?
    let validUntil: Date?
    /// Whether its indexes can be asked for by their digests.
    let hasDigestNames: Bool
    /// apt's priority of what it offers: archives that are not meant to be upgraded from have a low one.
    let priority: Int
    /// Whether packages for all architectures have an index of their own. Archives list one that they do not serve; where
    /// `Architectures` leaves `all` out, each architecture's own index has them.
    let hasIndexForAll: Bool
    /// Indexes by their path below the suite.
    let entries: [String: Entry]

    /// - Parameter text: what was signed, and nothing else.
    /// - Throws: `BundleBuildError.badArchive`.
    init(_ text: [UInt8], url: String) throws {
        let paragraphs = try AptArchive.reading(url) { try ControlParagraph.all(in: text, place: url) }
        guard let fields = paragraphs.first else {
            throw BundleBuildError.badArchive(url, reason: "has no fields")
        }
        self.url = url
        suite = fields["Suite"]
        codename = fields["Codename"]
        date = try Self.date("Date", fields, url)
        validUntil = try Self.date("Valid-Until", fields, url)
        hasDigestNames = fields["Acquire-By-Hash"] == "yes"
        priority = fields["NotAutomatic"] != "yes" ? 500 : fields["ButAutomaticUpgrades"] == "yes" ? 100 : 1
        hasIndexForAll =
            AptSource.words(fields["Architectures"] ?? "all").contains("all")
            && !AptSource.words(fields["No-Support-for-Architecture-all"] ?? "").contains("Packages")
        entries = try Self.entries(fields["SHA256"] ?? "", url)
    }

    /// Refuses what is not for a source, or not for this time.
    ///
    /// - Throws: `BundleBuildError.badArchive`.
    func check(against source: AptSource, now: Date) throws(BundleBuildError) {
        let names = [suite, codename].compactMap(\.self)
        // `bullseye/updates` is the suite of the codename bullseye.
        let wanted = [source.suite, String(source.suite.prefix { $0 != "/" })]
        if !source.isFlat, !names.isEmpty, !names.contains(where: { wanted.contains($0) }) {
            throw .badArchive(url, reason: "is of \(names.joined(separator: " or ")), expected \(source.suite)")
        }
        if let date, date > now.addingTimeInterval(Self.clockTolerance) {
            throw .badArchive(url, reason: "is of \(date.formatted(.iso8601)), which is still to come by this clock")
        }
        if source.checksValidity, let validUntil, validUntil < now {
            throw .badArchive(url, reason: "was valid until \(validUntil.formatted(.iso8601)), and no longer is")
        }
    }

    /// Whether it says that it is another release's.
    func isOfAnother(than release: OSRelease) -> Bool {
        guard let codename, let named = OSRelease.named(by: codename) else { return false }
        return named != release
    }

    /// Seconds.
    private static let clockTolerance: TimeInterval = 600

    private static func date(
        _ name: String, _ fields: ControlParagraph, _ url: String
    ) throws(BundleBuildError) -> Date? {
        guard let text = fields[name] else { return nil }
        guard let date = ArchiveDate.parse(text) else {
            throw .badArchive(url, reason: "its \(name) '\(text)' is no date")
        }
        return date
    }

    /// Lines of a digest, a size and a path.
    private static func entries(_ table: String, _ url: String) throws(BundleBuildError) -> [String: Entry] {
        var found: [String: Entry] = [:]
        for line in table.split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count == 3, let digest = try? SHA256Digest(hex: words[0]), let size = UInt64(words[1]) else {
                throw .badArchive(url, reason: "its line '\(line)' is no digest, size and path")
            }
            found[String(words[2])] = Entry(size: size, sha256: digest)
        }
        return found
    }
}

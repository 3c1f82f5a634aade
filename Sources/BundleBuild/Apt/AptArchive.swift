import Archive
import BundleModel
import Fetch
import FoundationEssentials
import SystemPackage

/// One archive, read as far as a release and an architecture need it.
struct AptArchive: Sendable {
    /// A Packages file that was checked.
    struct Index: Sendable {
        let path: FilePath
        /// Where it is from.
        let url: String
        /// What the packages' paths begin at.
        let base: String
        let priority: Int
        /// Of what it says of packages.
        let proof: UpstreamProof
    }

    let source: AptSource
    /// Nil for a source that is trusted as it is.
    let signature: ArchiveSignature?
    let downloads: AptDownloads

    /// Bytes of the largest InRelease, and of a Packages file that no InRelease names.
    private static let limit = 64 << 20
    private static let forms = [".xz", ".gz", ""]

    /// The archive's indexes; none where it says that it is another release's.
    ///
    /// - Throws: `BundleBuildError.badArchive`, `FetchError`, `HostError`.
    func indexes(of release: OSRelease, architecture: String, now: Date) async throws -> [Index] {
        guard let described = try await description() else { return try await [bareIndex()] }
        try described.check(against: source, now: now)
        if described.isOfAnother(than: release) { return [] }
        var found: [Index] = []
        for (folder, isRequired) in source.indexFolders(architecture: architecture) {
            if !isRequired, !described.hasIndexForAll { continue }
            if let index = try await self.index(folder, in: described) {
                found.append(index)
            } else if isRequired {
                throw BundleBuildError.missing(
                    "\(folder)Packages, as .xz, .gz or plain,", lookedIn: "what \(described.url) lists")
            }
        }
        return found
    }

    /// Work on what came from an archive: what of it cannot be read is the archive's fault.
    static func reading<Result>(_ url: String, _ work: () throws -> Result) throws -> Result {
        do {
            return try work()
        } catch BundleBuildError.unreadable(_, let reason) {
            throw BundleBuildError.badArchive(url, reason: reason)
        } catch let error as ArchiveError where error.isAboutContent {
            throw BundleBuildError.badArchive(url, reason: error.message)
        }
    }

    /// InRelease, or Release with its signature beside it; nil where a trusted source has neither.
    private func description() async throws -> InReleaseFile? {
        let name = "index of \(source.suite)"
        let url = "\(source.releaseURL)/InRelease"
        if let bytes = try await downloads.document(url, name: name, limit: Self.limit) {
            guard let signature else { return try InReleaseFile(ClearSigned.text(bytes) ?? bytes, url: url) }
            return try InReleaseFile(try await signature.text(of: bytes, url: url), url: url)
        }
        let plain = "\(source.releaseURL)/Release"
        guard let text = try await downloads.document(plain, name: name, limit: Self.limit) else {
            guard signature == nil else { throw try await absence(url, name) }
            return nil
        }
        guard let signature else { return try InReleaseFile(text, url: plain) }
        guard let detached = try await downloads.document("\(plain).gpg", name: name, limit: 1 << 20) else {
            throw BundleBuildError.badArchive(plain, reason: "is not signed")
        }
        try await signature.check(text, signature: detached, url: plain)
        return try InReleaseFile(text, url: plain)
    }

    private func index(_ folder: String, in described: InReleaseFile) async throws -> Index? {
        for form in Self.forms {
            guard let entry = described.entries["\(folder)Packages\(form)"] else { continue }
            let url = "\(source.releaseURL)/\(folder)Packages\(form)"
            // A mirror that is being updated has the file of this digest longer than the one of this name.
            let byDigest = "\(source.releaseURL)/\(folder)by-hash/SHA256/\(entry.sha256.hex)"
            let isLocal = AptDownloads.localPath(url) != nil
            let hasDigestNames = described.hasDigestNames && source.usesDigestNames && !isLocal
            let proof = UpstreamProof(
                kind: signature == nil ? .packageIndex : .signedPackageIndex, source: described.url)
            let file = try await downloads.fetch(
                hasDigestNames ? [byDigest, url] : [url], name: "package list \(source.suite) \(folder)Packages",
                size: entry.size, sha256: entry.sha256, proof: proof)
            return Index(
                path: file.path, url: url, base: source.url, priority: source.priority ?? described.priority,
                proof: proof)
        }
        return nil
    }

    /// Packages of a trusted source that says nothing about itself.
    private func bareIndex() async throws -> Index {
        let name = "package list of \(source.url)"
        guard source.isFlat else { throw try await absence("\(source.releaseURL)/InRelease", name) }
        for form in Self.forms {
            let url = "\(source.releaseURL)/Packages\(form)"
            guard let bytes = try await downloads.document(url, name: name, limit: Self.limit) else { continue }
            let kept = try downloads.cache.keep(bytes, proof: UpstreamProof(kind: .packageIndex, source: url))
            return Index(
                path: kept.path, url: url, base: source.url, priority: source.priority ?? 500, proof: kept.proof)
        }
        throw try await absence("\(source.releaseURL)/Packages", name)
    }

    /// Why a file cannot be had: it is not there, or a run without a network does not have it.
    private func absence(_ url: String, _ name: String) async throws -> FetchError {
        _ = try await downloads.require(url, name: name, limit: Self.limit)
        return FetchError.notFound(url: url)
    }
}

/// The packages that a release's archives offer for one architecture.
///
/// Of several versions the one of the highest priority counts, and among those the highest version.
struct PackageIndex: Sendable {
    private struct Offer: Sendable {
        let package: PackageRecord
        let priority: Int
    }

    private let architecture: String
    /// Exact versions by name: no others count.
    private let pins: [String: String]
    /// Packages that are kept at most: ten times those of the largest release.
    private let limit: Int
    private var count = 0
    private var offers: [String: [Offer]] = [:]
    /// Names of packages by what they provide.
    private var providers: [String: Set<String>] = [:]

    init(architecture: String, pins: [String: String] = [:], limit: Int = 1_000_000) {
        self.architecture = architecture
        self.pins = pins
        self.limit = limit
    }

    /// Adds all that an index lists.
    ///
    /// - Parameters:
    ///   - reader: keeps `PackageRecord.fields`.
    ///   - place: for messages.
    ///   - origin: the index's number.
    ///   - priority: as apt has it, 500 for most.
    /// - Throws: `BundleBuildError.badPackage`, `.badArchive` for more packages than there can be, and what the reader
    ///   throws.
    mutating func add(_ reader: ControlReader, place: String, origin: Int, priority: Int) throws {
        while let paragraph = try reader.next() {
            let architecture = paragraph["Architecture"] ?? ""
            guard architecture == self.architecture || architecture == "all" else { continue }
            guard count < limit else {
                throw BundleBuildError.badArchive(place, reason: "leads to more than \(limit) packages")
            }
            add(try PackageRecord(paragraph, place: place, origin: origin), priority: priority)
        }
    }

    mutating func add(_ package: PackageRecord, priority: Int = 500) {
        count += 1
        offers[package.name, default: []].append(Offer(package: package, priority: priority))
        for provided in package.provides { providers[provided.name, default: []].insert(package.name) }
    }

    /// Those of a name that can be chosen, best first.
    func candidates(_ name: String) -> [PackageRecord] {
        guard let all = offers[name] else { return [] }
        if let pin = pins[name] {
            return all.map(\.package).filter { DebianVersion($0.version) == DebianVersion(pin) }
        }
        let highest = all.map(\.priority).max() ?? 0
        let counting = all.filter { $0.priority == highest }.map(\.package)
        // The archive that was named first has the first word among equals.
        return counting.enumerated().sorted { left, right in
            let (one, other) = (DebianVersion(left.element.version), DebianVersion(right.element.version))
            return one == other ? left.offset < right.offset : one > other
        }.map(\.element)
    }

    /// Those that a relation means: of its name, then what provides it, a package of every system before others.
    func candidates(for relation: Relation) -> [PackageRecord] {
        let named = candidates(relation.name).filter { $0.meets(relation) }
        let providing = (providers[relation.name] ?? []).filter { $0 != relation.name }.compactMap { name in
            candidates(name).first.flatMap { $0.meets(relation) ? $0 : nil }
        }
        return named
            + providing.sorted {
                $0.isInEverySystem == $1.isInEverySystem ? $0.name < $1.name : $0.isInEverySystem
            }
    }

    /// The best of each name that every system of the release has, by name.
    var everySystem: [PackageRecord] {
        offers.keys.sorted().compactMap { candidates($0).first }.filter(\.isInEverySystem)
    }

    /// The package that an archive has under a digest, whatever its version.
    func package(_ name: String, where matches: (PackageRecord.File) -> Bool) -> PackageRecord? {
        offers[name]?.map(\.package).first { $0.file.map(matches) ?? false }
    }
}

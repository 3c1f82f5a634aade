/// Packages and all that they need beside what is there already.
///
/// Of alternatives the first that can be had is taken, and any that is chosen already before it. Nothing is tried out
/// and taken back: the same index and wishes always give the same packages.
struct PackageClosure {
    /// More than any host needs: an archive that leads further is not what it says.
    static let limit = 2000
    /// Links of a chain that are looked ahead.
    private static let foresight = 100

    private let index: PackageIndex
    private let base: PackageSet
    private var chosen = PackageSet()
    private var order: [PackageRecord] = []
    /// Who needed a package first; nil for what was wished for.
    private var askers: [String: PackageRecord] = [:]
    /// What was looked at for whether it can be had, and what of that cannot.
    private var seen: Set<PackageRecord> = []
    private var impossible: Set<PackageRecord> = []

    private init(_ index: PackageIndex, beside base: PackageSet) {
        self.index = index
        self.base = base
    }

    /// - Parameters:
    ///   - wanted: names; what `base` has is left out.
    ///   - base: what is there already. It is not replaced.
    /// - Returns: in the order in which they were found.
    /// - Throws: `BundleBuildError.missing` that names who needs it, `.packageConflict`.
    static func resolve(
        _ wanted: [String], in index: PackageIndex, beside base: PackageSet
    ) throws(BundleBuildError) -> [PackageRecord] {
        var closure = PackageClosure(index, beside: base)
        for name in wanted {
            guard let relation = Relation(name[...]) else {
                throw .badOption("--package", value: name, expected: "a package's name")
            }
            let wish = Dependency(alternatives: [relation])
            if closure.isMet(wish) { continue }
            guard let package = closure.pick(wish) else {
                throw .missing(name, lookedIn: "the package index" + closure.circumstances(wish))
            }
            try closure.choose(package, for: nil)
        }
        try closure.complete(isLenient: false)
        try closure.checkRefusals()
        return closure.order
    }

    /// What a minimal installation of the release has: Essential packages, those of the priority required, and all that
    /// they need. What an archive lacks of that is none of its concern: it is on the node.
    static func minimalInstall(_ index: PackageIndex) throws(BundleBuildError) -> PackageSet {
        var closure = PackageClosure(index, beside: PackageSet())
        for package in index.everySystem { try closure.choose(package, for: nil) }
        try closure.complete(isLenient: true)
        return closure.chosen
    }

    /// - Parameter isLenient: what the index lacks is left out.
    private mutating func complete(isLenient: Bool) throws(BundleBuildError) {
        var next = 0
        while next < order.count {
            let package = order[next]
            next += 1
            for dependency in try package.needs() where !isMet(dependency) {
                if let found = pick(dependency) {
                    try choose(found, for: package)
                } else if !isLenient {
                    throw .missing(
                        "\(dependency), which \(chain(package)) needs,",
                        lookedIn: "the package index" + circumstances(dependency))
                }
            }
        }
    }

    private mutating func choose(_ package: PackageRecord, for asker: PackageRecord?) throws(BundleBuildError) {
        guard chosen[package.name] == nil else { return }
        guard order.count < Self.limit else {
            throw .badArchive("the package index", reason: "leads to more than \(Self.limit) packages")
        }
        chosen.insert(package)
        order.append(package)
        if let asker { askers[package.name] = asker }
    }

    private func isMet(_ dependency: Dependency) -> Bool { base.meets(dependency) || chosen.meets(dependency) }

    /// The first that can be had; failing that, the first at all, whose own needs then tell what is wrong.
    private mutating func pick(_ dependency: Dependency) -> PackageRecord? {
        // Another version of a name that is there would replace it.
        let candidates = dependency.alternatives.flatMap { index.candidates(for: $0) }
            .filter { chosen[$0.name] == nil && base[$0.name] == nil }
        var possible: PackageRecord?
        for candidate in candidates {
            guard isPossible(candidate, depth: 0) else { continue }
            if refusal(of: candidate) == nil { return candidate }
            if possible == nil { possible = candidate }
        }
        return possible ?? candidates.first
    }

    /// Whether the index has something for all that a package leads to, as far as that was followed.
    private mutating func isPossible(_ package: PackageRecord, depth: Int) -> Bool {
        if impossible.contains(package) { return false }
        guard depth < Self.foresight, seen.insert(package).inserted else { return true }
        guard let needs = try? package.needs() else { return false }
        for dependency in needs where !isMet(dependency) {
            var isFound = false
            for candidate in dependency.alternatives.flatMap({ index.candidates(for: $0) }) {
                isFound = isPossible(candidate, depth: depth + 1)
                if isFound { break }
            }
            guard isFound else {
                impossible.insert(package)
                return false
            }
        }
        return true
    }

    /// A package that must not be beside this one; nil where all go together.
    private func refusal(of package: PackageRecord) -> PackageRecord? {
        let own = ((try? package.refusals()) ?? []).flatMap { base.meeting($0) + chosen.meeting($0) }
        if let other = own.first(where: { $0.name != package.name }) { return other }
        return (base.sorted + order).first { other in
            other.name != package.name && ((try? other.refusals()) ?? []).contains { package.meets($0) }
        }
    }

    private func checkRefusals() throws(BundleBuildError) {
        for package in base.sorted + order {
            let isThere = base[package.name] != nil
            for relation in try package.refusals() {
                // What every system has goes together by itself.
                let others = chosen.meeting(relation) + (isThere ? [] : base.meeting(relation))
                guard let other = others.first(where: { $0.name != package.name }) else { continue }
                throw .packageConflict(
                    chain(package), with: chain(other), reason: "\(package.name) must not be beside \(relation)")
            }
        }
    }

    /// `libmnl0 1.0.4 (for libnftnl11, for iptables)`
    private func chain(_ package: PackageRecord) -> String {
        var names: [String] = []
        var asker = askers[package.name]
        while let next = asker {
            names.append("for \(next.name)")
            asker = askers[next.name]
        }
        return package.description + (names.isEmpty ? "" : " (\(names.joined(separator: ", ")))")
    }

    /// What there is of the names instead.
    private func circumstances(_ dependency: Dependency) -> String {
        let known = dependency.alternatives.compactMap { relation -> String? in
            if let other = chosen[relation.name] ?? base[relation.name] { return "\(other) is what is there already" }
            return index.candidates(relation.name).first.map { "it has \($0)" }
        }
        return known.isEmpty ? "" : ": " + known.joined(separator: ", ")
    }
}

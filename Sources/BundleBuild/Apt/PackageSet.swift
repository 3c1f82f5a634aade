/// Packages that are together on a system, at most one of each name.
struct PackageSet: Sendable {
    private var packages: [String: PackageRecord] = [:]
    /// Names of packages by what they provide.
    private var providers: [String: [String]] = [:]

    init(_ packages: [PackageRecord] = []) {
        for package in packages { insert(package) }
    }

    subscript(name: String) -> PackageRecord? { packages[name] }

    /// By name.
    var sorted: [PackageRecord] { packages.values.sorted { $0.name < $1.name } }

    /// Adds a package of a name that is not there yet.
    mutating func insert(_ package: PackageRecord) {
        packages[package.name] = package
        for provided in package.provides { providers[provided.name, default: []].append(package.name) }
    }

    /// The packages that a relation means.
    func meeting(_ relation: Relation) -> [PackageRecord] {
        let names = [relation.name] + (providers[relation.name] ?? []).filter { $0 != relation.name }
        return names.compactMap { packages[$0] }.filter { $0.meets(relation) }
    }

    func meets(_ dependency: Dependency) -> Bool {
        dependency.alternatives.contains { !meeting($0).isEmpty }
    }
}

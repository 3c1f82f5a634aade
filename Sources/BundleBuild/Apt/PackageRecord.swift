import BundleModel

/// What a package says of itself, in an archive's index or in its own control file.
struct PackageRecord: Hashable, Sendable {
    /// Where an index says that the package's file is.
    struct File: Hashable, Sendable {
        /// Below the archive's URL.
        let path: String
        /// Bytes.
        let size: UInt64
        let sha256: SHA256Digest
        /// Number of the index that says so.
        let origin: Int
    }

    /// The fields that are read, in lower case.
    static let fields: Set<String> = [
        "package", "version", "architecture", "multi-arch", "essential", "priority", "pre-depends", "depends",
        "provides", "conflicts", "breaks", "filename", "size", "sha256",
    ]

    let name: String
    let version: String
    let architecture: String
    let preDepends: String
    let depends: String
    let provides: [Relation]
    let conflicts: String
    let breaks: String
    /// Whether every system of the release has it: Essential, or of the priority required.
    let isInEverySystem: Bool
    /// Multi-Arch: allowed. `NAME:any` means such packages alone.
    let servesAnyArchitecture: Bool
    /// Nil in a control file, and in an index that names no SHA-256 digest.
    let file: File?

    /// - Parameters:
    ///   - place: for messages.
    ///   - origin: number of the index.
    /// - Throws: `BundleBuildError.badPackage`.
    init(_ paragraph: ControlParagraph, place: String, origin: Int = 0) throws(BundleBuildError) {
        guard let name = paragraph["Package"], let version = paragraph["Version"],
            let architecture = paragraph["Architecture"], !name.isEmpty, !version.isEmpty
        else {
            throw .badPackage(
                place, reason: "a package has no name, version or architecture: '\(paragraph["Package"] ?? "")'")
        }
        self.name = name
        self.version = version
        self.architecture = architecture
        preDepends = paragraph["Pre-Depends"] ?? ""
        depends = paragraph["Depends"] ?? ""
        provides = try Dependency.parse(paragraph["Provides"] ?? "", of: "\(name) \(version)").flatMap(\.alternatives)
        conflicts = paragraph["Conflicts"] ?? ""
        breaks = paragraph["Breaks"] ?? ""
        isInEverySystem = paragraph["Essential"] == "yes" || paragraph["Priority"] == "required"
        servesAnyArchitecture = paragraph["Multi-Arch"] == "allowed"
        if let path = paragraph["Filename"], let size = paragraph["Size"].flatMap({ UInt64($0) }),
            let hex = paragraph["SHA256"], let digest = try? SHA256Digest(hex: hex)
        {
            file = File(path: path, size: size, sha256: digest, origin: origin)
        } else {
            file = nil
        }
    }

    /// All that has to be there for it to work.
    func needs() throws(BundleBuildError) -> [Dependency] {
        try Dependency.parse(preDepends, of: description) + Dependency.parse(depends, of: description)
    }

    /// What must not be there beside it.
    func refusals() throws(BundleBuildError) -> [Relation] {
        try (Dependency.parse(conflicts, of: description) + Dependency.parse(breaks, of: description))
            .flatMap(\.alternatives)
    }

    /// Whether it is what a relation means, by its name or by what it provides.
    func meets(_ relation: Relation) -> Bool {
        guard serves(relation.qualifier) else { return false }
        if name == relation.name { return relation.accepts(version) }
        return provides.contains { provided in
            guard provided.name == relation.name else { return false }
            // What is provided without a version has none.
            if relation.comparison == nil { return true }
            return provided.comparison == .equal && relation.accepts(provided.version)
        }
    }

    private func serves(_ qualifier: String?) -> Bool {
        switch qualifier {
        case nil, "native": true
        case "any": servesAnyArchitecture
        case let other?: other == architecture || architecture == "all"
        }
    }
}

extension PackageRecord: CustomStringConvertible {
    var description: String { "\(name) \(version)" }
}

import Archive
import SystemPackage

/// A package's file, looked at for what it says of itself.
struct DebFile: Sendable {
    let path: FilePath
    /// For messages: where the file is from.
    let source: String

    /// - Throws: `BundleBuildError.badPackage` where it is no package, or its control file cannot be read.
    func record() throws -> PackageRecord {
        do {
            let control = try DebArchive(path).control()
            let paragraphs = try ControlParagraph.all(in: control, place: source)
            guard let paragraph = paragraphs.first, paragraphs.count == 1 else {
                throw BundleBuildError.badPackage(
                    source, reason: "its control file has \(paragraphs.count) paragraphs, expected 1")
            }
            return try PackageRecord(paragraph, place: source)
        } catch BundleBuildError.unreadable(_, let reason) {
            throw BundleBuildError.badPackage(source, reason: "its control file: \(reason)")
        } catch let error as ArchiveError where error.isAboutContent {
            throw BundleBuildError.badPackage(source, reason: error.message)
        }
    }

    /// Compares what it says of itself with what the index says: dpkg believes the one, we chose by the other.
    ///
    /// - Throws: `BundleBuildError.badPackage`.
    func check(against index: PackageRecord) throws {
        let own = try record()
        try compare("package", own.name, index.name)
        try compare("version", own.version, index.version)
        try compare("architecture", own.architecture, index.architecture)
        for (field, one, other) in [
            ("Pre-Depends", own.preDepends, index.preDepends), ("Depends", own.depends, index.depends),
        ] {
            let isSame = try Dependency.parse(one, of: source) == Dependency.parse(other, of: source)
            if !isSame { try compare(field, one, other) }
        }
    }

    /// As `check(against:)`, by what a lock knows.
    func check(name: String, version: String, architecture: String) throws {
        let own = try record()
        try compare("package", own.name, name)
        try compare("version", own.version, version)
        guard own.architecture == "all" else { return try compare("architecture", own.architecture, architecture) }
    }

    private func compare(_ field: String, _ own: String, _ expected: String) throws(BundleBuildError) {
        guard own != expected else { return }
        throw .badPackage(source, reason: "its control file says \(field) '\(own)', expected '\(expected)'")
    }
}

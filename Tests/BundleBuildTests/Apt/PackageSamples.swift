import BundleModel
import Testing

@testable import BundleBuild

extension PackageRecord {
    /// A package as an index of amd64 would name it.
    ///
    /// - Parameter fields: `Depends: …`.
    static func sample(_ name: String, _ version: String, _ fields: String...) throws -> PackageRecord {
        let text = (["Package: \(name)", "Version: \(version)", "Architecture: amd64"] + fields).joined(separator: "\n")
        let paragraph = try #require(try ControlParagraph.all(in: Array(text.utf8), place: "sample").first)
        return try PackageRecord(paragraph, place: "sample")
    }
}

extension PackageIndex {
    /// - Parameter packages: all of the usual priority.
    init(architecture: String = "amd64", _ packages: [PackageRecord], pins: [String: String] = [:]) {
        self.init(architecture: architecture, pins: pins)
        for package in packages { add(package) }
    }
}

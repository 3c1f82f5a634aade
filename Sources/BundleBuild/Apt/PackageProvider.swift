public import BundleModel

/// Where host packages come from.
public protocol PackageProvider: Sendable {
    /// Where they would come from, for people.
    var location: String { get }

    /// The wanted packages and everything they need beyond an operating system's required packages.
    func obtain(
        _ wanted: [String], osRelease: String, architecture: CPUArchitecture, progress: any ProgressSink
    ) async throws -> [ObtainedPackage]

    /// One package of a lock; nothing but its very bytes is accepted.
    func obtain(
        _ entry: Artifact, osRelease: String, architecture: CPUArchitecture, progress: any ProgressSink
    ) async throws -> ObtainedPackage
}

/// A checked package file.
public struct ObtainedPackage: Hashable, Sendable {
    public var name: String
    /// As the archive writes it, with its epoch.
    public var version: String
    public var file: ObtainedArtifact

    public init(name: String, version: String, file: ObtainedArtifact) {
        self.name = name
        self.version = version
        self.file = file
    }
}

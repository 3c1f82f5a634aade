public import BundleModel

/// Where host packages come from.
public protocol PackageProvider: Sendable {
    /// The wanted packages and everything they need that a minimal system lacks, in install order.
    func obtain(
        _ wanted: [String], osRelease: String, architecture: CPUArchitecture, progress: any ProgressSink
    ) async throws -> [ObtainedPackage]
}

/// A checked package file.
public struct ObtainedPackage: Hashable, Sendable {
    public var name: String
    public var version: String
    public var file: ObtainedArtifact

    public init(name: String, version: String, file: ObtainedArtifact) {
        self.name = name
        self.version = version
        self.file = file
    }
}

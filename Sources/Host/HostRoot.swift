public import SystemPackage

/// The root folder that absolute paths of a node are resolved under: `/`, or a scratch folder in tests.
public struct HostRoot: Hashable, Sendable {
    public let path: FilePath

    public init(_ path: FilePath = "/") {
        self.path = path
    }

    /// `/etc/hosts` under this root.
    public func resolve(_ absolute: String) -> FilePath {
        path.pushing(FilePath(String(absolute.drop { $0 == "/" })))
    }
}

public import BundleModel

/// One minor release of containerd.
public struct ContainerdLine: Codable, Hashable, Sendable {
    /// `1.7`
    public var line: String
    public var status: TestStatus
    /// Versions that this project's tests run; others of the line are no better than `golden-only`.
    public var runHere: [SemanticVersion]
    /// The version of the configuration file that node-install writes for it.
    public var configVersion: Int
    /// The versions that it understands.
    public var acceptedConfigVersions: [Int]
    public var latestPatch: Int
    /// `2027-03` or `2025-08-23`.
    public var supportedUntil: String
    /// `pause:3.8`
    public var defaultSandbox: String
    /// The glibc that the dynamic build needs; nil where it is not known.
    public var glibc: String?
    /// Which runc each patch was released with, from a patch on, ascending.
    public var runc: [Pairing]
    public var sources: [String]
    public var unverified: [String]

    public struct Pairing: Codable, Hashable, Sendable {
        public var from: Int
        public var runc: SemanticVersion

        public init(from: Int, runc: SemanticVersion) {
            self.from = from
            self.runc = runc
        }
    }

    public func recommendedRunc(patch: Int) -> SemanticVersion? {
        runc.last { $0.from <= patch }?.runc
    }

    public func status(of version: SemanticVersion) -> TestStatus {
        runHere.contains(version) ? status : .weakest([status, .goldenOnly])
    }
}

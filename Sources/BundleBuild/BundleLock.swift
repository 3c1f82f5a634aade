public import BundleModel
import FoundationEssentials
import Host
public import SystemPackage

/// The file beside a bundle from which the same bundle can be made again: the lock, and everything else that shapes
/// the index. bundle-spec/lock.schema.json is its schema.
public struct BundleLock: Codable, Hashable, Sendable {
    public static let currentSchemaVersion = 1

    public var schemaVersion: Int
    public var productLine: String
    public var sequence: UInt64
    /// RFC 3339, UTC, whole seconds.
    public var createdAt: String
    public var architecture: CPUArchitecture
    public var osReleases: [String]
    public var release: Release
    public var lock: Lock

    public init(index: BundleIndex, osReleases: [String]) {
        schemaVersion = Self.currentSchemaVersion
        productLine = index.productLine
        sequence = index.sequence
        createdAt = index.createdAt
        architecture = index.architecture
        self.osReleases = osReleases
        release = index.release
        lock = index.lock
    }

    /// - Throws: `HostError.unreadableInput`, `BundleBuildError.unreadable`.
    public init(reading path: FilePath) throws {
        let bytes = try FileSystem.readInput(path)
        do {
            self = try CanonicalJSON.decode(BundleLock.self, from: Data(bytes))
        } catch {
            throw BundleBuildError.unreadable(path: path.string, reason: CanonicalJSON.explanation(of: error))
        }
        guard schemaVersion == Self.currentSchemaVersion else {
            throw BundleBuildError.unreadable(
                path: path.string, reason: "schema version \(schemaVersion), expected \(Self.currentSchemaVersion)")
        }
    }

    public func write(to path: FilePath) throws {
        try AtomicFile.write(try CanonicalJSON.encode(self), to: path)
    }

    /// What makes these tools and parameters unable to give the locked bytes, one line each; empty when they can.
    public func differences(from tools: Lock.Tools, _ compression: Compression) -> [String] {
        let locked = lock.tools
        var lines: [String] = []
        func compare(_ name: String, _ expected: String, _ actual: String) {
            if expected != actual { lines.append("\(name) is \(actual), locked was \(expected)") }
        }
        compare("bundler", locked.bundler.description, tools.bundler.description)
        compare(
            "node-install", locked.nodeInstall?.description ?? "none", tools.nodeInstall?.description ?? "none")
        compare("libzstd", locked.libzstd, tools.libzstd)
        compare("libarchive", locked.libarchive, tools.libarchive)
        let pressed = lock.compression
        compare("compression", pressed.format.rawValue, compression.format.rawValue)
        compare("compression level", "\(pressed.level)", "\(compression.level)")
        compare("compression window", "2^\(pressed.windowLog)", "2^\(compression.windowLog)")
        return lines
    }
}

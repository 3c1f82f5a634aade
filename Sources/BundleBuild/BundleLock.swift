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
    /// Of the bytes of `bundle.json`.
    public var index: SHA256Digest
    /// In the bundle's order, so that a bundle that comes out otherwise can be told from its first pack that does.
    public var packs: [LockedPack]
    /// Fingerprint of the key that signed when the bundle was made; nil for an unsigned one. A signature is in the
    /// file's bytes and not in the index's: with another key only the index and the packs are the same.
    public var key: SHA256Digest?
    /// Of the bytes of the base's `bundle.json`, for a delta: the same base is needed to make it again.
    public var base: SHA256Digest?

    /// What a pack has to come out as.
    public struct LockedPack: Codable, Hashable, Sendable {
        public var name: String
        /// Compressed bytes.
        public var size: UInt64
        /// `Pack.digest`
        public var digest: SHA256Digest

        public init(_ pack: Pack) {
            name = pack.name
            size = pack.size
            digest = pack.digest
        }
    }

    /// - Parameter digest: of the index's bytes.
    public init(index: BundleIndex, digest: SHA256Digest, osReleases: [String], key: SHA256Digest? = nil) {
        schemaVersion = Self.currentSchemaVersion
        productLine = index.productLine
        sequence = index.sequence
        createdAt = index.createdAt
        architecture = index.architecture
        self.osReleases = osReleases
        release = index.release
        lock = index.lock
        self.index = digest
        packs = index.packs.map { LockedPack($0) }
        self.key = key
        base = index.base?.index
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
        if let contradiction = lock.contradiction {
            throw BundleBuildError.unreadable(path: path.string, reason: contradiction)
        }
    }

    public func write(to path: FilePath) throws {
        try AtomicFile.write(try CanonicalJSON.encode(self), to: path)
    }
}

import BundleModel
import FoundationEssentials
import Host
public import SystemPackage

/// `masters.json`: the API servers that this node's proxy spreads connections over.
public struct MasterList: Codable, Hashable, Sendable {
    public static let fileName = "masters.json"

    public var schemaVersion: Int
    /// API servers, `NODE_IP:6443`; never empty.
    public var masters: [Endpoint]

    /// Sorted and without duplicates, so that equal lists are equal files.
    public init(_ masters: [Endpoint]) {
        schemaVersion = 1
        self.masters = Set(masters).sorted()
    }

    /// - Throws: `NodeServicesError.badDocument` for anything but a list with at least one address.
    public init(json: [UInt8], source: String) throws {
        do {
            self = try CanonicalJSON.decode(MasterList.self, from: Data(json))
        } catch {
            throw NodeServicesError.badDocument(path: source, reason: CanonicalJSON.explanation(of: error))
        }
        guard schemaVersion == 1 else {
            throw NodeServicesError.badDocument(path: source, reason: "schema \(schemaVersion), expected 1")
        }
        guard !masters.isEmpty else { throw NodeServicesError.badDocument(path: source, reason: "no master in it") }
    }

    public func json() throws -> [UInt8] {
        Array(try CanonicalJSON.encode(self))
    }

    /// - Returns: nil where there is no file yet.
    public static func load(_ path: FilePath) throws -> MasterList? {
        try FileSystem.readIfPresent(path, limit: 1 << 20).map { try MasterList(json: $0, source: path.string) }
    }

    /// Atomic: a proxy that reads at the same time sees the old list or the new one.
    public func save(_ path: FilePath) throws {
        try AtomicFile.write(json(), to: path, mode: 0o644)
    }
}

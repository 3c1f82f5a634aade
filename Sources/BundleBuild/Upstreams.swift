public import BundleModel
import FoundationEssentials
import Host
public import SystemPackage

/// Where upstreams are: bundle-spec/sources.json, embedded, and each part of it replaceable.
public struct Upstreams: Codable, Hashable, Sendable {
    public static let currentSchemaVersion = 1

    public var schemaVersion: Int
    /// Base URL by source name.
    public var sources: [String: String]
    /// By the host that references name. A host that is not listed is its own registry.
    public var registries: [String: Registry]

    public struct Registry: Codable, Hashable, Sendable {
        /// `https://registry.k8s.io`
        public var url: String

        public init(url: String) { self.url = url }
    }

    public static func embedded() throws -> Upstreams {
        try parse(PackageResources.sources_json, path: "the embedded sources file")
    }

    /// - Throws: `BundleBuildError.unreadable`, `HostError`.
    public init(reading path: FilePath) throws {
        self = try Self.parse(try FileSystem.read(path, limit: 1 << 20), path: path.string)
    }

    private static func parse(_ bytes: [UInt8], path: String) throws -> Upstreams {
        do {
            let value = try CanonicalJSON.decode(Upstreams.self, from: Data(bytes))
            guard value.schemaVersion == currentSchemaVersion else {
                throw BundleBuildError.unreadable(
                    path: path, reason: "schema version \(value.schemaVersion), expected \(currentSchemaVersion)")
            }
            return value
        } catch let error as DecodingError {
            throw BundleBuildError.unreadable(path: path, reason: "\(error)")
        }
    }

    /// - Parameter text: `kubernetes=https://mirror.example/dl.k8s.io`
    public mutating func overrideSource(_ text: String) throws(BundleBuildError) {
        let (name, url) = try Self.pair(text, option: "--source")
        guard sources[name] != nil else {
            throw .badOption("--source", value: text, expected: "one of \(sources.keys.sorted().joined(separator: ", "))")
        }
        sources[name] = url
    }

    /// - Parameter text: `registry.k8s.io=http://127.0.0.1:5000`
    public mutating func overrideRegistry(_ text: String) throws(BundleBuildError) {
        let (host, url) = try Self.pair(text, option: "--registry-mirror")
        registries[host] = Registry(url: url)
    }

    /// The base URL that a reference's registry is asked at.
    public func registry(of reference: ImageReference) -> String {
        registries[reference.registry]?.url ?? "https://\(reference.registry)"
    }

    private static func pair(_ text: String, option: String) throws(BundleBuildError) -> (String, String) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, parts[1].hasPrefix("https://") || parts[1].hasPrefix("http://") else {
            throw .badOption(option, value: text, expected: "NAME=URL with http:// or https://")
        }
        return (parts[0], parts[1].hasSuffix("/") ? String(parts[1].dropLast()) : parts[1])
    }
}

import BundleModel
import FoundationEssentials
import Host
public import SystemPackage

/// The images in a registry's own folder, read without the registry.
public struct RegistryStorage: Sendable {
    private let place: FilePath

    /// - Parameter folder: what the registry has as `rootdirectory`.
    public init(folder: FilePath) {
        place = folder.appending("docker/registry/v2")
    }

    public struct Tag: Sendable, Hashable, CustomStringConvertible {
        public let repository: String
        public let tag: String

        public var description: String { "\(repository):\(tag)" }
    }

    /// All tags, sorted.
    public func tags() throws -> [Tag] {
        try repositories(below: "").flatMap { repository in
            try FileSystem.list(place.appending("repositories/\(repository)/_manifests/tags")).map {
                Tag(repository: repository, tag: $0)
            }
        }
    }

    func target(_ tag: Tag) throws -> SHA256Digest {
        let link = place.appending("repositories/\(tag.repository)/_manifests/tags/\(tag.tag)/current/link")
        return try SHA256Digest(String(decoding: try FileSystem.read(link), as: UTF8.self))
    }

    func blob(_ digest: SHA256Digest) -> FilePath {
        place.appending("blobs/sha256/\(digest.hex.prefix(2))/\(digest.hex)/data")
    }

    private func repositories(below folder: String) throws -> [String] {
        let names = try FileSystem.list(place.appending("repositories/\(folder)")).map {
            folder.isEmpty ? $0 : "\(folder)/\($0)"
        }
        return try names.flatMap { name in
            FileSystem.exists(place.appending("repositories/\(name)/_manifests"))
                ? [name] : try repositories(below: name)
        }.sorted()
    }
}

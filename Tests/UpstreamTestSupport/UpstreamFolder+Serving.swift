import BundleModel
import FoundationEssentials
import Host
public import NIOHTTP1
import Signing
import SystemPackage

extension UpstreamFolder {
    private struct Layout: Decodable {
        struct Entry: Decodable {
            var mediaType: String
            var digest: SHA256Digest
            var annotations: [String: String]
        }
        var manifests: [Entry]
    }

    /// What an honest web server and registry over this folder answer: files by their URL without its scheme, images by
    /// the OCI distribution protocol.
    ///
    /// - Parameter headers: the request's; a range is answered as such.
    public func reply(_ path: String, to headers: HTTPHeaders = [:]) -> FaultServer.Reply {
        path.hasPrefix("/v2/") ? image(path, headers) : file(FilePath(String(path.dropFirst())), headers)
    }

    private func file(
        _ place: FilePath, _ headers: HTTPHeaders, type: String = "application/octet-stream"
    ) -> FaultServer.Reply {
        guard let bytes = try? FileSystem.read(path.pushing(place)) else { return .init(status: .notFound) }
        var reply = FaultServer.Reply.file(bytes, to: headers, tag: "\"\(SHA256Hasher.hash(bytes).hex)\"")
        reply.headers.append(("Content-Type", type))
        return reply
    }

    private func image(_ path: String, _ headers: HTTPHeaders) -> FaultServer.Reply {
        let parts = path.split(separator: "/").map(String.init)
        guard parts.count >= 4, let name = parts.last,
            let index = try? FileSystem.read(self.path.pushing("images/index.json")),
            let layout = try? CanonicalJSON.decode(Layout.self, from: Data(index))
        else { return .init(status: .notFound) }
        let repository = parts[1..<(parts.count - 2)].joined(separator: "/")
        let entry = layout.manifests.first { entry in
            entry.digest.description == name
                || entry.annotations.values.contains("k8s.gcr.io/\(repository):\(name)")
        }
        let digest = entry?.digest.description ?? name
        return file(
            FilePath("images/blobs/sha256/\(digest.dropFirst("sha256:".count))"), headers,
            type: entry?.mediaType ?? "application/octet-stream")
    }
}

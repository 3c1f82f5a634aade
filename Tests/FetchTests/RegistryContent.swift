import BundleModel
import FoundationEssentials
import NIOHTTP1
import Signing
import UpstreamTestSupport

/// One image with an index, as a registry serves it: for amd64 beside an attestation, with a layer that comes twice.
struct RegistryContent: Sendable {
    static let host = "images.invalid"
    static let reference = "images.invalid/team/tool:1"
    private static let indexType = "application/vnd.oci.image.index.v1+json"
    private static let manifestType = "application/vnd.docker.distribution.manifest.v2+json"

    let layer = [UInt8]((0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 7) })
    let config = Array(#"{"architecture":"amd64","os":"linux"}"#.utf8)
    let manifest: [UInt8]
    let index: [UInt8]

    /// - Parameter lie: added to the manifest's size in the index.
    init(lie: Int = 0) {
        func entry(_ type: String, _ bytes: [UInt8], _ more: String = "", lie: Int = 0) -> String {
            let digest = SHA256Hasher.hash(bytes)
            return #"{"mediaType":"\#(type)","digest":"\#(digest)","size":\#(bytes.count + lie)\#(more)}"#
        }
        let layerEntry = entry("application/vnd.docker.image.rootfs.diff.tar.gzip", layer)
        manifest = Array(
            """
            {"schemaVersion":2,"mediaType":"\(Self.manifestType)",
             "config":\(entry("application/vnd.docker.container.image.v1+json", config)),
             "layers":[\(layerEntry),\(layerEntry)]}
            """.utf8)
        let attestation = entry(
            Self.manifestType, Array("attestation".utf8), #","platform":{"architecture":"unknown","os":"unknown"}"#)
        let platform = entry(
            Self.manifestType, manifest, #","platform":{"architecture":"amd64","os":"linux"}"#, lie: lie)
        index = Array(
            #"{"schemaVersion":2,"mediaType":"\#(Self.indexType)","manifests":[\#(attestation),\#(platform)]}"#.utf8)
    }

    static func path(of bytes: [UInt8], _ kind: String = "blobs") -> String {
        "/v2/team/tool/\(kind)/\(SHA256Hasher.hash(bytes))"
    }

    /// What an honest registry answers.
    func reply(_ path: String) -> FaultServer.Reply {
        switch path {
        case "/v2/team/tool/manifests/1": .init(headers: [("Content-Type", Self.indexType)], body: index)
        case Self.path(of: manifest, "manifests"): .init(headers: [("Content-Type", Self.manifestType)], body: manifest)
        case Self.path(of: layer): .init(body: layer)
        case Self.path(of: config): .init(body: config)
        default: .init(status: .notFound)
        }
    }
}

public import FoundationEssentials

/// What a registry or a layout has under an image's name or digest: an index, or one platform's manifest.
public struct OCIDocument: Hashable, Sendable {
    public enum Content: Hashable, Sendable {
        case index(OCIIndex)
        case manifest(OCIManifest)
    }

    /// By the document's own word, else what it came as.
    public let mediaType: OCIMediaType
    public let content: Content

    private enum Key: String, CodingKey {
        case schemaVersion
        case mediaType
    }

    private struct Head: Decodable {
        let schemaVersion: Int
        let mediaType: OCIMediaType?
        let isIndex: Bool

        enum CodingKeys: String, CodingKey {
            case schemaVersion
            case mediaType
            case manifests
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            schemaVersion = try container.decode(Int.self, forKey: .schemaVersion)
            mediaType = try container.decodeIfPresent(OCIMediaType.self, forKey: .mediaType)
            isIndex = container.contains(.manifests)
        }
    }

    /// - Parameter type: of the answer's header, or of the descriptor that names the document. Where nobody says it and
    ///   the document does not either, it is one of OCI's, which alone may be silent, and its fields tell which.
    /// - Throws: `DecodingError`; also for another schema version than 2, as Docker's oldest manifests have it, and for a
    ///   media type of something else.
    public init(_ json: Data, cameAs type: OCIMediaType? = nil) throws {
        let head = try CanonicalJSON.decode(Head.self, from: json)
        guard head.schemaVersion == 2 else {
            throw Self.unknown(.schemaVersion, "it is \(head.schemaVersion), expected 2")
        }
        mediaType = head.mediaType ?? type ?? (head.isIndex ? .index : .manifest)
        switch mediaType.kind {
        case .index: content = .index(try CanonicalJSON.decode(OCIIndex.self, from: json))
        case .manifest: content = .manifest(try CanonicalJSON.decode(OCIManifest.self, from: json))
        case .config, .layer, nil:
            throw Self.unknown(.mediaType, "'\(mediaType.rawValue)' is neither an index nor a manifest")
        }
    }

    private static func unknown(_ key: Key, _ reason: String) -> DecodingError {
        .dataCorrupted(DecodingError.Context(codingPath: [key], debugDescription: reason))
    }
}

import BundleModel
import SwiftProtobuf

/// What a document says of a blob that it names.
struct BlobDescriptor: Sendable, Hashable {
    var mediaType: String
    var digest: SHA256Digest
    var size: UInt64

    var message: Containerd_Types_Descriptor {
        .with {
            $0.mediaType = mediaType
            $0.digest = digest.description
            $0.size = Int64(size)
        }
    }
}

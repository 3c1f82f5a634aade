import BundleModel
import SwiftProtobuf

extension OCIDescriptor {
    /// As containerd is told of it.
    var message: Containerd_Types_Descriptor {
        .with {
            $0.mediaType = mediaType.rawValue
            $0.digest = digest.description
            $0.size = Int64(size)
        }
    }
}

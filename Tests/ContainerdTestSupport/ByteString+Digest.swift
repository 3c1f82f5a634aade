public import BundleModel
import Signing

extension ByteString {
    public var digest: SHA256Digest { SHA256Hasher.hash(bytes) }
}

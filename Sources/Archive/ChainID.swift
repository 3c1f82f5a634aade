public import BundleModel
import Signing

/// Names for stacks of layers, as OCI defines them: containerd's snapshots have these.
public enum ChainID {
    /// SHA-256 over the chain below and the layer.
    ///
    /// - Parameter below: nil at the bottom.
    public static func of(_ diffID: SHA256Digest, on below: SHA256Digest?) -> SHA256Digest {
        below.map { SHA256Hasher.hash("\($0) \(diffID)".utf8) } ?? diffID
    }

    /// The chain that each layer makes with all below it, bottom to top.
    public static func chains(_ diffIDs: [SHA256Digest]) -> [SHA256Digest] {
        diffIDs.reduce(into: []) { $0.append(of($1, on: $0.last)) }
    }
}

public import BundleModel
import SystemPackage

/// What can be wrong with one volume of a set.
public enum VolumeProblem: Hashable, Sendable {
    /// Nothing has its name.
    case missing(number: Int, count: Int)
    /// It is cut off, or something follows it. Bytes.
    case wrongSize(expected: UInt64, actual: UInt64)
    /// It has the size and no footer that can be read.
    case noFooter
    /// A volume of this set under another one's name.
    case swapped(expected: Int, actual: Int)
    /// A volume of another bundle. Digests of whole bundles.
    case foreign(expected: SHA256Digest, actual: SHA256Digest)
    /// A volume of this bundle that was split another way.
    case otherSplit(expected: String, actual: String)
    /// A volume has another name than `BUNDLE.NNN`, so that the others cannot be found.
    case unnamed(number: Int, count: Int)
    /// More than a volume with a volume's footer at its end.
    case joined(number: Int, count: Int)

    var text: String {
        switch self {
        case .missing(let number, let count): "volume \(number) of \(count) is missing"
        case .wrongSize(let expected, let actual): "this volume should have \(expected) bytes and has \(actual)"
        case .noFooter: "this volume's last \(VolumeFooter.byteCount) bytes are damaged"
        case .swapped(let expected, let actual): "expected volume \(expected) and found volume \(actual)"
        case .foreign(let expected, let actual): "expected a volume of bundle \(expected) and found one of \(actual)"
        case .otherSplit(let expected, let actual): "expected a volume of \(expected) and found one of \(actual)"
        case .joined(let number, let count):
            "it ends like volume \(number) of \(count) and has more bytes: volumes are not joined, or without footers"
        case .unnamed(let number, let count):
            "this is volume \(number) of \(count), and its name does not end with "
                + VolumeName.path("", number).string
        }
    }
}

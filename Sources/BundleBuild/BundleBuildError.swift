public import BundleModel

/// What can go wrong between a wish and a bundle.
public enum BundleBuildError: Error, Equatable {
    /// A version that the matrix does not know; `nearest`: known ones.
    case unknownVersion(String, SemanticVersion, nearest: [SemanticVersion])
    /// A line, or words for a version, that the matrix has nothing for.
    case unknownSelection(String, String, known: [String])
    case unknownAddOn(String, known: [String])
    case unknownAddOnVersion(String, version: String, known: [String])
    /// A combination that a rule forbids.
    case incompatible(rule: MatrixRule, reason: String, source: String)
    /// Text of an option that has no meaning.
    case badOption(String, value: String, expected: String)
    /// kubeadm's list and the matrix differ. Both lists are sorted.
    case imageListMismatch(kubernetes: SemanticVersion, kubeadm: [String], matrix: [String])
    /// kubeadm printed something that is no image list.
    case badImageList(reason: String)
    /// The matrix has not seen a version's images, and no kubeadm that runs here tells them. `host`: of this machine.
    case unknownImages(
        kubernetes: SemanticVersion, architecture: CPUArchitecture, host: CPUArchitecture, reason: String)
    /// Something the bundle needs is nowhere.
    case missing(String, lookedIn: String)
    /// A published checksum and the content differ.
    case wrongChecksum(String, expected: SHA256Digest, actual: SHA256Digest)
    /// A checksum file whose signature was to be checked has none that holds.
    case badChecksumSignature(source: String, reason: String)
    /// An image's documents and layers do not agree, or it has what no bundle can carry.
    case badImage(String, reason: String)
    /// A chart that helm does not render, or renders to something that is no manifest.
    case badChart(String, reason: String)
    /// What the bundle would lack: images that something names, parts of images. A line each.
    case incomplete([String])
    /// A file does not parse.
    case unreadable(path: String, reason: String)
    /// The executable for the head cannot be one.
    case badHead(path: String, reason: String)
    /// A lock cannot be kept: each line names what differs.
    case lockMismatch([String])
    /// What a package archive sent is not what it may send: unsigned, out of date, of another release.
    case badArchive(String, reason: String)
    /// A package's file is not what the archive's index says, or no package.
    case badPackage(String, reason: String)
    /// Two packages that are both needed and do not go together.
    case packageConflict(String, with: String, reason: String)
    /// A delta where the whole is needed.
    case isDelta(path: String, base: Base)
    /// Free bytes are too few.
    case noSpace(path: String, needed: UInt64, free: UInt64)
    /// The output or another file exists and must not be overwritten.
    case exists(path: String)
}

import Archive
public import BundleModel
import Host
import SystemPackage

/// What can be wrong with a bundle's file.
public enum PayloadError: Error, Equatable {
    /// The file could not be read or written. `errno` as in errno(3).
    case system(String, path: String, errno: Int32)
    /// The medium does not give the file's bytes: it is gone, or fails. `offset`: from the start of the file.
    case unreadable(String, offset: UInt64, errno: Int32)
    /// The file does not end with a bundle's trailer.
    case notABundle(String, reason: String)
    /// This executable carries no bundle.
    case noPayload(String)
    /// The bundle promises another length than the file has: a part is missing, twice there, or followed by something.
    case wrongLength(String, expected: UInt64, actual: UInt64)
    /// The file begins like a bundle and lacks its end. `region`: what it is cut off in. `expected`: bytes, if known.
    case truncated(String, region: String, expected: UInt64?, actual: UInt64)
    /// All bytes of a bundle, by their number, and not in their order. `size`: bytes.
    case wrongOrder(String, size: UInt64, reason: String)
    /// A format or schema of a later version.
    case newer(String, what: String, found: Int, known: Int)
    /// Bytes that are not what they should be. `offset`: from the start of the file.
    case damaged(String, region: String, offset: UInt64, reason: String)
    /// A chunk of a pack that does not match its digest. `range`: bytes from the start of the file.
    case damagedChunk(String, pack: String, chunk: Int, range: Range<UInt64>)
    /// A volume that does not belong where it stands, or is not there.
    case volume(String, VolumeProblem)
    /// What a pack has of an image is not the whole image.
    case badImage(String, reason: String)
    /// Parts of a bundle that none of the copies has whole.
    case beyondRepair(String, parts: [String])
    /// The index lists no such pack.
    case unknownPack(String)
    /// Parts that do not make a bundle.
    case unusable(String)
}

extension PayloadError: Diagnostic {
    public var category: DiagnosticCategory {
        switch self {
        case .system(_, _, let errno): Errno(rawValue: errno).isOfSpace ? .noSpace : .invalidInput
        case .notABundle, .noPayload: .notABundle
        case .unreadable, .wrongLength, .truncated, .wrongOrder, .damaged, .damagedChunk, .volume, .badImage,
            .beyondRepair:
            .bundleDamaged
        case .newer: .incompatibleVersions
        case .unknownPack: .missingArtifact
        case .unusable: .invalidInput
        }
    }

    public var message: String { text.printable }

    private var text: String {
        switch self {
        case .system(let call, let path, let errno): "\(call) \(path): \(Errno(rawValue: errno))"
        case .unreadable(let path, let offset, let errno):
            "\(path) cannot be read at byte \(offset): \(Errno(rawValue: errno))"
        case .notABundle(let path, let reason): "\(path) is not a bundle: \(reason)"
        case .noPayload(let path): "\(path) carries no bundle"
        case .wrongLength(let path, let expected, let actual):
            "\(path) should have \(expected) bytes and has \(actual): a part is missing or does not belong to it"
        case .truncated(let path, let region, let expected, let actual):
            "\(path) is cut off in \(region): "
                + (expected.map { "it should have \($0) bytes and has \(actual)" } ?? "it ends after \(actual) bytes")
        case .wrongOrder(let path, let size, let reason):
            "\(path) has the \(size) bytes of its bundle in the wrong order: \(reason)"
        case .newer(let path, let what, let found, let known):
            "\(path): \(what) has version \(found), this program knows \(known)"
        case .damaged(let path, let region, let offset, let reason):
            "\(path) is damaged in \(region) at byte \(offset): \(reason)"
        case .damagedChunk(let path, let pack, let chunk, let range):
            "\(path) is damaged in pack \(pack), chunk \(chunk), bytes \(range.lowerBound) to \(range.upperBound - 1)"
        case .volume(let path, let problem): "\(path): \(problem.text)"
        case .badImage(let image, let reason): "the bundle does not have image \(image) whole: \(reason)"
        case .beyondRepair(let path, let parts):
            "\(path) cannot be repaired: no copy has \(parts.joined(separator: ", "))"
        case .unknownPack(let name): "the bundle has no pack '\(name)'"
        case .unusable(let reason): "cannot write the bundle: \(reason)"
        }
    }

    public var hint: String {
        switch self {
        case .system:
            category == .noSpace
                ? "free space on that file system and run the same command again"
                : "check the path; it has to name a bundle's file that you may read"
        case .unreadable:
            "put the medium back and run the same command again; if that fails too, copy the file to another medium"
        case .notABundle, .truncated, .damagedChunk:
            "copy the file again from its source and compare it with its .sha256"
        case .wrongLength, .wrongOrder, .damaged:
            "copy the file again, parts joined in the order they were cut, and compare it with its .sha256"
        case .volume: "put all volumes of one set into one folder, each under its own name, or copy that one again"
        case .badImage: "use another bundle; tell whoever made this one"
        case .beyondRepair: "name more copies with --from"
        case .noPayload: "give the bundle with --bundle FILE"
        case .newer: "use the node-install or bundler that came with the bundle"
        case .unknownPack: "take a bundle that has it: 'bundler inspect' lists the packs"
        case .unusable: "change what goes into the bundle, and make it again"
        }
    }
}

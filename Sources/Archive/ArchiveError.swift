public import BundleModel
import Host
import SystemPackage

/// What can be wrong with packs and upstream archives.
public enum ArchiveError: Error, Equatable {
    /// A file could not be read or written. `errno` as in errno(3).
    case system(String, path: String, errno: Int32)
    /// A member's name, link target or kind must not be unpacked. `archive` names the pack or file.
    case hostileMember(String, archive: String, reason: String)
    /// The stream does not decode. `offset`: compressed bytes read by then.
    case corrupt(archive: String, offset: UInt64, reason: String)
    /// The stream ends before its end. `offset`: compressed bytes read by then.
    case truncated(archive: String, offset: UInt64)
    /// A member's content is not what the index says.
    case wrongDigest(String, expected: SHA256Digest, actual: SHA256Digest)
    /// A member that the index does not list, or that differs from it in what `reason` says.
    case unexpectedMember(String, reason: String)
    /// Members that should be there and are not.
    case missingMembers([String], archive: String)
    /// Something to be packed cannot be: out of order, unusable name, changed while it was read.
    case unusableSource(String, reason: String)
    /// A compression setting that does not exist.
    case badCompression(String)
    /// A library refused something that has no reason to fail.
    case library(call: String, reason: String)
}

extension ArchiveError {
    /// Whether the archive's bytes are what is wrong, not this machine or this program.
    public var isAboutContent: Bool {
        switch self {
        case .hostileMember, .corrupt, .truncated, .wrongDigest, .unexpectedMember, .missingMembers: true
        case .system, .unusableSource, .badCompression, .library: false
        }
    }
}

extension ArchiveError: Diagnostic {
    public var category: DiagnosticCategory {
        switch self {
        case .system(_, _, let errno): Errno(rawValue: errno).isOfSpace ? .noSpace : .hostCommandFailed
        case .hostileMember, .corrupt, .truncated, .wrongDigest, .unexpectedMember, .missingMembers: .bundleDamaged
        case .unusableSource, .badCompression: .invalidInput
        case .library: .internal
        }
    }

    public var message: String { text.printable }

    private var text: String {
        switch self {
        case .system(let call, let path, let errno): "\(call) \(path): \(Errno(rawValue: errno))"
        case .hostileMember(let name, let archive, let reason): "\(archive): refused member '\(name)': \(reason)"
        case .corrupt(let archive, let offset, let reason): "\(archive): damaged near byte \(offset): \(reason)"
        case .truncated(let archive, let offset): "\(archive): ends after \(offset) bytes, before its end mark"
        case .wrongDigest(let name, let expected, let actual): "\(name): content is \(actual), expected \(expected)"
        case .unexpectedMember(let name, let reason): "member '\(name)' is not what the index lists: \(reason)"
        case .missingMembers(let names, let archive): "\(archive): lacks \(names.joined(separator: ", "))"
        case .unusableSource(let path, let reason): "cannot pack \(path): \(reason)"
        case .badCompression(let reason): "compression: \(reason)"
        case .library(let call, let reason): "\(call) failed: \(reason)"
        }
    }

    public var hint: String {
        switch self {
        case .system:
            category == .noSpace
                ? "free space on that file system and run the same command again"
                : "check that path and its disk, and run the same command again"
        case .corrupt, .truncated, .wrongDigest: "copy or fetch the file again"
        case .hostileMember, .unexpectedMember: "do not use this file; tell whoever made it"
        case .missingMembers: "copy or fetch the file again; if that gives the same, it is not what it is called"
        case .unusableSource: "put that file right, leave it alone while it is packed, and run the same command again"
        case .badCompression: "choose another --compression-level: zstd takes 1 to 22, xz 0 to 9"
        case .library: "run the same command again; if it fails again, report it with this message"
        }
    }
}

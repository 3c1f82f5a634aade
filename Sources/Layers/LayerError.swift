import Archive
public import BundleModel
import Host
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Why a layer was not unpacked. The folder then holds a part of it, and the source stands anywhere.
public enum LayerError: Error, Equatable {
    /// The layer has something that is not known to come out exactly as containerd has it: let containerd unpack it.
    case unsupported(String)
    /// containerd refuses this layer, and so do we.
    case refused(String)
    /// The file system or the kernel failed. `errno` as in errno(3).
    case system(String, path: String, errno: Int32)
}

extension LayerError {
    static func unsupported(_ reason: String, at name: some Sequence<UInt8>) -> LayerError {
        .unsupported("'\(text(name))': \(reason)")
    }

    static func refused(_ reason: String, at name: some Sequence<UInt8>) -> LayerError {
        .refused("'\(text(name))': \(reason)")
    }

    /// A call that failed: by the machine's state, or as it fails for containerd too.
    static func failed(_ call: String, _ name: some Sequence<UInt8>, _ code: Int32) -> LayerError {
        switch code {
        case ENOSPC, EDQUOT, EIO, EROFS, EMFILE, ENFILE, ENOMEM, EBADF, EINTR, EAGAIN:
            .system(call, path: text(name), errno: code)
        default: .refused("\(call): \(Errno(rawValue: code))", at: name)
        }
    }

    private static func text(_ name: some Sequence<UInt8>) -> String {
        String(decoding: Array(name), as: UTF8.self)
    }
}

extension LayerError: Diagnostic {
    public var category: DiagnosticCategory {
        switch self {
        case .unsupported: .internal
        case .refused: .invalidInput
        case .system(_, _, let errno): Errno(rawValue: errno).isOfSpace ? .noSpace : .hostCommandFailed
        }
    }

    public var message: String { text.printable }

    private var text: String {
        switch self {
        case .unsupported(let reason): "image layer is left to containerd: \(reason)"
        case .refused(let reason): "image layer refused, as containerd refuses it: \(reason)"
        case .system(let call, let path, let errno): "\(call) '\(path)' of an image layer: \(Errno(rawValue: errno))"
        }
    }

    public var hint: String {
        switch self {
        case .unsupported: ""
        case .refused: "leave this image out, or use another build of it"
        case .system:
            category == .noSpace
                ? "free space on that file system and run the same command again"
                : "the disk or the kernel failed: look at 'dmesg'"
        }
    }
}

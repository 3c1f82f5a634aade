public import BundleModel
import COpenSSL
public import SystemPackage

/// SHA-256 of bytes that come in pieces.
public final class SHA256Hasher {
    private let context: OpaquePointer?

    public init() {
        context = EVP_MD_CTX_new()
        // Only an exhausted allocator makes these fail.
        let isReady = (try? Crypto.start()) != nil && EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
        precondition(isReady, "libcrypto has no SHA-256")
    }

    deinit { EVP_MD_CTX_free(context) }

    public func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        let done = EVP_DigestUpdate(context, base, bytes.count)
        precondition(done == 1, "libcrypto refuses to hash")
    }

    public func update(_ bytes: some Collection<UInt8>) {
        let direct: Void? = bytes.withContiguousStorageIfAvailable { update(UnsafeRawBufferPointer($0)) }
        if direct == nil { Array(bytes).withUnsafeBytes { update($0) } }
    }

    /// The digest of everything so far. The hasher then starts again with nothing.
    public func finish() -> SHA256Digest {
        var bytes = [UInt8](repeating: 0, count: SHA256Digest.byteCount)
        let done = EVP_DigestFinal_ex(context, &bytes, nil)
        precondition(done == 1 && EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1, "libcrypto refuses to hash")
        return SHA256Digest(exactly: bytes)
    }

    public static func hash(_ bytes: some Collection<UInt8>) -> SHA256Digest {
        let hasher = SHA256Hasher()
        hasher.update(bytes)
        return hasher.finish()
    }

    /// Digest of a file's content, read in pieces of 1 MiB.
    ///
    /// - Throws: `SigningError.system` with the path and errno.
    public static func hash(file path: FilePath) throws -> SHA256Digest {
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
            return try file.closeAfter { try hash(contentOf: file) }
        } catch let error as Errno {
            throw SigningError.system("read", path: path.string, errno: error.rawValue)
        }
    }

    /// Digest of what an open file has from its current position on, read in pieces of 1 MiB.
    ///
    /// - Throws: `Errno`.
    public static func hash(contentOf file: FileDescriptor) throws -> SHA256Digest {
        let hasher = SHA256Hasher()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        while true {
            let count = try file.read(into: buffer)
            if count == 0 { return hasher.finish() }
            hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}

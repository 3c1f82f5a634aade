import CLinux
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// A file without a name, in memory, closed with its owner.
final class MemoryFile: Sendable {
    let descriptor: FileDescriptor
    /// Bytes that `bytes` gives at most: the end of a longer content.
    private let limit: Int

    init(name: String, limit: Int) throws {
        let raw = linux_memfd_create(name)
        guard raw >= 0 else { throw HostError.system("make memory file", path: name, errno: errno) }
        descriptor = FileDescriptor(rawValue: raw)
        self.limit = limit
    }

    deinit { try? descriptor.close() }

    func text() throws -> String { String(decoding: try bytes(), as: UTF8.self) }

    func bytes() throws -> [UInt8] {
        do {
            let size = try descriptor.seek(offset: 0, from: .end)
            var offset = max(0, size - Int64(limit))
            var content = [UInt8](repeating: 0, count: Int(size - offset))
            var filled = 0
            while filled < content.count {
                let count = try content.withUnsafeMutableBytes {
                    try descriptor.read(
                        fromAbsoluteOffset: offset, into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
                }
                if count == 0 { break }
                filled += count
                offset += Int64(count)
            }
            return Array(content[..<filled])
        } catch let error as Errno {
            throw HostError.system("read", path: "memory file", errno: error.rawValue)
        }
    }
}

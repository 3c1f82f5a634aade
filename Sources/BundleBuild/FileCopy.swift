import Host
import SystemPackage

/// Copies a file's content, a piece at a time.
enum FileCopy {
    static func copy(_ source: FilePath, to target: FilePath, mode: UInt16) throws {
        do {
            let input = try FileDescriptor.open(source, .readOnly, options: [.closeOnExec])
            defer { try? input.close() }
            let output = try FileDescriptor.open(
                target, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: FilePermissions(rawValue: CModeT(mode)))
            try output.closeAfter {
                let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
                defer { buffer.deallocate() }
                while true {
                    let count = try input.read(into: buffer)
                    if count == 0 { return }
                    try output.writeAll(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                }
            }
        } catch let error as Errno {
            throw HostError.system("copy to", path: target.string, errno: error.rawValue)
        }
    }
}

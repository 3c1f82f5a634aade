import Archive
import Host
import SystemPackage

/// New files for what is read of a pack.
enum UnpackedFile {
    /// Not synced: that is done for all of them at once, before their folder takes its place.
    static func create(at path: FilePath, _ write: (FileDescriptor) throws -> Void) throws {
        do {
            let output = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try output.closeAfter { try write(output) }
        } catch let error as Errno {
            throw HostError.system("write", path: path.string, errno: error.rawValue)
        }
    }

    /// Copies a member to its end.
    static func copy(_ content: any ByteSource, to output: FileDescriptor, _ meter: ByteMeter) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        defer { buffer.deallocate() }
        while true {
            let count = try content.read(into: buffer)
            if count == 0 { return }
            try output.writeAll(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            try meter.add(UInt64(count))
        }
    }
}

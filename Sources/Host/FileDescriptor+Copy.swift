public import SystemPackage

extension FileDescriptor {
    /// Writes what another file holds from where it is on; in memory is a piece of it at a time.
    ///
    /// - Throws: `Errno` of either file.
    public func writeAll(from input: FileDescriptor) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 4096)
        defer { buffer.deallocate() }
        while true {
            let count = try input.read(into: buffer)
            if count == 0 { return }
            try writeAll(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}

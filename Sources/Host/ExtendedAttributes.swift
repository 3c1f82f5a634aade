import CLinux

#if canImport(Glibc)
    import Glibc
#endif

/// Extended attributes of files, by descriptor where there can be one. Names are C strings of raw bytes.
package enum ExtendedAttributes {
    /// - Parameter onlyNew: fails with EEXIST where the attribute is there.
    /// - Returns: 0, or what errno says.
    package static func set(
        _ name: UnsafePointer<CChar>, to value: UnsafeRawBufferPointer, of descriptor: Int32, onlyNew: Bool = false
    ) -> Int32 {
        linux_fsetxattr(descriptor, name, value.baseAddress, value.count, onlyNew ? 1 : 0) == 0 ? 0 : errno
    }

    /// Of what stands at the path, a link itself if it is one.
    ///
    /// - Returns: 0, or what errno says.
    package static func set(
        _ name: UnsafePointer<CChar>, to value: UnsafeRawBufferPointer, at path: UnsafePointer<CChar>
    ) -> Int32 {
        linux_lsetxattr(path, name, value.baseAddress, value.count) == 0 ? 0 : errno
    }

    /// The names that a file has, each with its closing zero byte; nil with errno set where they cannot be listed.
    package static func names(of descriptor: Int32) -> [[CChar]]? {
        guard let list = filled({ linux_flistxattr(descriptor, $0.baseAddress, $0.count) }) else { return nil }
        return list.split(separator: 0).map { Array($0) + [0] }
    }

    /// The value of an attribute; nil with errno set where there is none to be had.
    package static func value(of name: UnsafePointer<CChar>, of descriptor: Int32) -> [CChar]? {
        filled { linux_fgetxattr(descriptor, name, $0.baseAddress, $0.count) }
    }

    /// Calls with room for the largest answer that the kernel gives.
    private static func filled(_ call: (UnsafeMutableBufferPointer<CChar>) -> Int) -> [CChar]? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64 << 10) { room in
            let count = call(room)
            return count < 0 ? nil : Array(room[..<count])
        }
    }
}

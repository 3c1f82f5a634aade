import CFileSystems

#if canImport(Glibc)
    import Glibc
#endif

/// The extended attributes of one path, a link at its end not followed.
enum ExtendedAttributeReader {
    static func all(of near: ByteString, _ path: ByteString) throws -> [ByteString: ByteString] {
        let here = near.terminated
        var list = [CChar](repeating: 0, count: 65_536)
        let count = llistxattr(here, &list, list.count)
        guard count >= 0 else {
            if errno == ENOTSUP { return [:] }
            throw ListingError(call: "list attributes of", path: path, errno: errno)
        }
        var result: [ByteString: ByteString] = [:]
        for name in list[..<count].split(separator: 0) {
            let name = ByteString(name.map { UInt8(bitPattern: $0) })
            var value = [UInt8](repeating: 0, count: 65_536)
            let size = lgetxattr(here, name.terminated, &value, value.count)
            guard size >= 0 else { throw ListingError(call: "read attribute \(name) of", path: path, errno: errno) }
            result[name] = ByteString(value[..<size])
        }
        return result
    }
}

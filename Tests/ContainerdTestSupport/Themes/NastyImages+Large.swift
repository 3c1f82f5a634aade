import Host
public import SystemPackage

extension NastyImages {
    /// An image with a file beyond what 32 bits count, nearly all of it zeros, so that its archive stays small.
    ///
    /// - Parameters:
    ///   - folder: where the layer's tar is kept; its zeros take no room.
    ///   - size: bytes of the file.
    public static func large(in folder: FilePath, size: UInt64 = 5 << 30) throws -> ImagePlan {
        var head = LayerTar()
        head.add(.file("before", "before"))
        head.write(TarHeaderBlock(.file("large") { $0.statedSize = size }).bytes)
        var tail = LayerTar()
        tail.add(.file("after", "after"))
        tail.end()
        let path = folder.appending("large.tar")
        let file = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: [.ownerReadWrite])
        try file.closeAfter {
            try file.writeAll(head.bytes)
            let start = Int64(head.bytes.count)
            for place in [0, Int64(4) << 30, Int64(size) - 4] {
                try file.writeAll(toAbsoluteOffset: start + place, Array("mark".utf8))
            }
            try file.writeAll(toAbsoluteOffset: start + Int64((size + 511) / 512 * 512), tail.bytes)
        }
        return ImagePlan("large-file", layers: [.init(file: path, compression: .gzip)]) {
            $0.file("before", "before")
            $0.file("after", "after")
            $0.member("large", .file)
            $0.expect($0["large"]?.size == size, "large has another size")
        }
    }
}

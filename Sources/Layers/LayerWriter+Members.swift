#if canImport(Glibc)
    import Glibc
#endif

extension LayerWriter {
    func writeFile(_ entry: LayerEntry, _ spot: Spot, from reader: LayerReader) throws {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let file = try make(spot, "create") { openat(spot.folder, $0, flags, mode_t(entry.mode)) }
        defer { close(file) }
        try reader.content { piece throws(LayerError) in
            var rest = piece
            while !rest.isEmpty {
                let count = Glibc.write(file, rest.baseAddress, rest.count)
                if count < 0 {
                    if errno == EINTR { continue }
                    throw .failed("write", entry.name, errno)
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
        try describe(file, as: entry)
    }

    /// A folder that is there stays, with what it holds.
    func writeFolder(_ entry: LayerEntry, _ spot: Spot, path: [UInt8]) throws(LayerError) {
        let isMade = spot.name.withPath { mkdirat(spot.folder, $0, mode_t(entry.mode)) } == 0
        if !isMade, try kind(of: spot) != S_IFDIR {
            _ = try make(spot, "make the folder") { mkdirat(spot.folder, $0, mode_t(entry.mode)) }
        }
        guard case .open(let folder) = try upper.open(path) else {
            throw .failed("open the folder", entry.name, ENOENT)
        }
        try describe(folder, as: entry)
    }

    func writeHardLink(_ entry: LayerEntry, _ spot: Spot) throws(LayerError) {
        // What is in the way goes first: the target may be the same, or lie within it.
        try clear(spot)
        let target = try target(of: entry)
        let result = target.name.withPath { old in
            spot.name.withPath { linkat(target.folder, old, spot.folder, $0, 0) }
        }
        guard result == 0 else { throw .failed("make the hard link", entry.name, errno) }
        try describe(spot, as: entry)
    }

    func writeSpecial(_ entry: LayerEntry, _ spot: Spot) throws(LayerError) {
        _ = try make(spot, "make") { name in
            switch entry.kind {
            case .symbolicLink: entry.link.withPath { symlinkat($0, spot.folder, name) }
            case .characterDevice: mknodat(spot.folder, name, S_IFCHR | mode_t(entry.mode), Self.device(entry))
            case .blockDevice: mknodat(spot.folder, name, S_IFBLK | mode_t(entry.mode), Self.device(entry))
            default: mknodat(spot.folder, name, S_IFIFO | mode_t(entry.mode), 0)
            }
        }
        try describe(spot, as: entry)
    }

    /// In the kernel's form for numbers within `LayerEntry.check`'s bounds.
    private static func device(_ entry: LayerEntry) -> dev_t {
        let minor = dev_t(truncatingIfNeeded: entry.minor)
        return minor & 0xff | dev_t(truncatingIfNeeded: entry.major) << 8 | (minor & ~0xff) << 12
    }

    /// Calls once, and again when something was in the way and is gone.
    private func make(
        _ spot: Spot, _ call: String, _ body: (UnsafePointer<CChar>) -> Int32
    ) throws(LayerError) -> Int32 {
        var result = spot.name.withPath(body)
        if result < 0, errno == EEXIST {
            try remove(spot)
            result = spot.name.withPath(body)
        }
        guard result >= 0 else { throw .failed(call, spot.name, errno) }
        return result
    }
}

extension LayerEntry {
    /// Bytes of a path with its end that the kernel takes, and what containerd's own folder may add to ours.
    private static let pathLimit = 4096
    private static let rootAllowance = 256
    /// The ids that chown takes: the last one means "leave it".
    private static let ids = 0...Int64(UInt32.max - 1)

    /// Whether all of it is known to come out as containerd has it.
    ///
    /// - Parameter rootLength: bytes of the path that the layer is unpacked below.
    /// - Throws: `unsupported`.
    func check(rootLength: Int) throws(LayerError) {
        guard Self.ids.contains(uid), Self.ids.contains(gid) else {
            throw .unsupported("an id of 32 bits' end", at: name)
        }
        if kind == .characterDevice || kind == .blockDevice {
            // What mknod(2) takes: others become another device there, or are refused, by version.
            guard 0..<1 << 12 ~= major, 0..<1 << 20 ~= minor else {
                throw .unsupported("device \(major):\(minor)", at: name)
            }
        }
        // containerd gives the kernel whole paths, and so finds some too long that are fine below a descriptor.
        let limit = Self.pathLimit - max(rootLength, Self.rootAllowance)
        guard name.count < limit, kind != .hardLink || link.count < limit else {
            throw .unsupported("a path of \(max(name.count, link.count)) bytes", at: name.prefix(64))
        }
        if kind == .hardLink {
            let (folder, last) = LayerPath.split(link)
            // Upwards from the root is the root; upwards from a name depends on what stands there.
            let parts = folder.split(separator: LayerPath.slash).drop { LayerPath.isNoName($0) }
            guard !LayerPath.isNoName(last), !parts.contains(where: LayerPath.isAbove) else {
                throw .unsupported("a hard link to '\(String(decoding: link, as: UTF8.self))'", at: name)
            }
        }
    }
}

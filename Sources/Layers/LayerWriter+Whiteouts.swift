import Host

#if canImport(Glibc)
    import Glibc
#endif

extension LayerWriter {
    private static let prefix = Array(".wh.".utf8)
    private static let opaque = Array(".wh..wh..opq".utf8)

    /// - Returns: whether the member is a sign that something below is gone, and was dealt with.
    func writeWhiteout(_ entry: LayerEntry, _ spot: Spot) throws(LayerError) -> Bool {
        guard spot.name.starts(with: Self.prefix) else { return false }
        if spot.name == Self.opaque {
            try writeOpaque(entry, spot)
            return true
        }
        let gone = Spot(folder: spot.folder, name: Array(spot.name[Self.prefix.count...]))
        guard !LayerPath.isNoName(gone.name) else { throw .refused("a whiteout of nothing", at: entry.name) }
        guard !lowers.isEmpty else {
            try clear(gone)
            return true
        }
        guard gone.name.withPath({ mknodat(gone.folder, $0, S_IFCHR, 0) }) == 0 else {
            throw .failed("write the whiteout", entry.name, errno)
        }
        let chowned = gone.name.withPath {
            fchownat(gone.folder, $0, uid_t(entry.uid), gid_t(entry.gid), AT_SYMLINK_NOFOLLOW)
        }
        guard chowned == 0 else { throw .failed("chown", entry.name, errno) }
        return true
    }

    private func writeOpaque(_ entry: LayerEntry, _ spot: Spot) throws(LayerError) {
        if lowers.isEmpty {
            // Versions differ in what they take for the tar's own when the sign comes after it, or twice.
            guard try Self.names(in: spot.folder).isEmpty else {
                throw .unsupported("an opaque folder in the lowest layer that holds something", at: entry.name)
            }
            return
        }
        let code = [UInt8(ascii: "y")].withUnsafeBytes {
            ExtendedAttributes.set("trusted.overlay.opaque", to: $0, of: spot.folder)
        }
        guard code == 0 else { throw .failed("mark as opaque", entry.name, code) }
    }
}

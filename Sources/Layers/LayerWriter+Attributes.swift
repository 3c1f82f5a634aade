import Host

#if canImport(Glibc)
    import Glibc
#endif

/// Owner, extended attributes, mode and times, in this order: chown takes setuid and capabilities away.
extension LayerWriter {
    private static let hidden = Array("trusted.".utf8)
    private static let user = Array("user.".utf8)

    /// For files that are new and for folders. What they have already is not set again: each of these calls writes
    /// to the file system's journal, and they are many.
    func describe(_ descriptor: Int32, as entry: LayerEntry) throws(LayerError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .failed("look at", entry.name, errno) }
        var hasMode = status.st_mode & 0o7777 == entry.mode
        if Int64(status.st_uid) != entry.uid || Int64(status.st_gid) != entry.gid {
            guard fchown(descriptor, uid_t(entry.uid), gid_t(entry.gid)) == 0 else {
                throw .failed("chown", entry.name, errno)
            }
            // It takes setuid and setgid away.
            hasMode = hasMode && entry.mode & 0o6000 == 0
        }
        if !entry.attributes.isEmpty {
            try attach(entry) { name, value in ExtendedAttributes.set(name, to: value, of: descriptor) }
            // An access list among them changes the mode.
            hasMode = false
        }
        guard hasMode || fchmod(descriptor, mode_t(entry.mode)) == 0 else { throw .failed("chmod", entry.name, errno) }
        guard futimens(descriptor, [entry.accessed.bounded, entry.modified.bounded]) == 0 else {
            throw .failed("set the times of", entry.name, errno)
        }
    }

    /// For what cannot be opened, or must not be.
    func describe(_ spot: Spot, as entry: LayerEntry) throws(LayerError) {
        var status = stat()
        guard spot.name.withPath({ fstatat(spot.folder, $0, &status, AT_SYMLINK_NOFOLLOW) }) == 0 else {
            throw .failed("look at", entry.name, errno)
        }
        // Another name of a file takes setuid and capabilities away from it even where it changes no owner.
        let isOwned = Int64(status.st_uid) == entry.uid && Int64(status.st_gid) == entry.gid
        if entry.kind == .hardLink || !isOwned {
            let chowned = spot.name.withPath {
                fchownat(spot.folder, $0, uid_t(entry.uid), gid_t(entry.gid), AT_SYMLINK_NOFOLLOW)
            }
            guard chowned == 0 else { throw .failed("chown", entry.name, errno) }
        }
        let kind = status.st_mode & S_IFMT
        if !entry.attributes.isEmpty {
            let place = Array("/proc/self/fd/\(spot.folder)/".utf8) + spot.name
            try attach(entry, isPlain: kind == S_IFREG) { name, value in
                place.withPath { ExtendedAttributes.set(name, to: value, at: $0) }
            }
        }
        if kind != S_IFLNK {
            let changed = spot.name.withPath { fchmodat(spot.folder, $0, mode_t(entry.mode), 0) }
            guard changed == 0 else { throw .failed("chmod", entry.name, errno) }
        }
        let times = [entry.accessed.bounded, entry.modified.bounded]
        let set = spot.name.withPath { utimensat(spot.folder, $0, times, AT_SYMLINK_NOFOLLOW) }
        guard set == 0 else { throw .failed("set the times of", entry.name, errno) }
    }

    /// Sets the extended attributes, but for those that containerd leaves out: `trusted.*`, what the file system does
    /// not know, and `user.*` of what can have none.
    private func attach(
        _ entry: LayerEntry, isPlain: Bool = true,
        _ set: (UnsafePointer<CChar>, UnsafeRawBufferPointer) -> Int32
    ) throws(LayerError) {
        for attribute in entry.attributes where !attribute.name.starts(with: Self.hidden) {
            let code = attribute.name.withPath { name in attribute.value.withUnsafeBytes { set(name, $0) } }
            switch code {
            case 0, EOPNOTSUPP: continue
            case EPERM where !isPlain && attribute.name.starts(with: Self.user): continue
            default:
                throw .failed("set attribute \(String(decoding: attribute.name, as: UTF8.self)) of", entry.name, code)
            }
        }
    }
}

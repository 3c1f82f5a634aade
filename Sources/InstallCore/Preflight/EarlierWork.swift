import BundleModel
import Host
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// What earlier, interrupted runs have put on the disk already, so that a rerun asks for the rest only.
///
/// Only what the bundle itself brings counts, by the names and sizes of its index. What others put into the same
/// folders takes room that the installation still needs.
struct EarlierWork {
    let root: HostRoot
    let entries: [JournalEntry]
    /// Those that this node needs.
    let packs: [Pack]
    let role: NodeRole
    let imageLoader: ImageLoaderChoice

    private var state: JournalState { JournalState(entries) }
    private var needed: [String: UInt64] { NodeInstaller.bytes(packs, for: role, imageLoader: imageLoader) }

    /// - Parameter folder: as `Requirements.bytes` names it.
    /// - Returns: at most what the installation writes there.
    func bytes(in folder: String) -> UInt64 {
        switch folder {
        case ContainerdStep.store: images
        case NodePaths.state: packages
        default: files(folder)
        }
    }

    private func members(_ content: Pack.Content) -> [Pack.Member] {
        packs.filter { $0.content == content }.flatMap { $0.members(in: $0.prefix(for: role)) }.filter {
            $0.kind == .file
        }
    }

    /// Whether a file is there in its full size.
    private func isThere(_ path: String, _ member: Pack.Member) -> Bool {
        let status = try? FileSystem.status(root.resolve(path))
        return status?.kind == .file && status?.size == member.size
    }

    private func files(_ folder: String) -> UInt64 {
        var written: Set<String> = []
        for case .fileWritten(let path, _, _) in entries.map(\.record) { written.insert(path) }
        return members(.files).reduce(0) { sum, member in
            let path = "/\(member.path)"
            let isOurs = NodeInstaller.folder(of: member) == folder && written.contains(path)
            return sum + (isOurs && isThere(path, member) ? member.size : 0)
        }
    }

    private var packages: UInt64 {
        // They are unpacked for dpkg alone, and gone after it.
        if state.stepsDone.contains(HostPackagesStep().name) { return needed[NodePaths.state] ?? 0 }
        guard state.stepsStarted.contains(HostPackagesStep().name) else { return 0 }
        return members(.packages).reduce(0) {
            $0 + (isThere("\(NodePaths.packages)/\($1.path)", $1) ? $1.size : 0)
        }
    }

    private static let content = "\(ContainerdStep.store)/io.containerd.content.v1.content"
    private static let snapshotters = "io.containerd.snapshotter.v1."

    /// Whether containerd has it, under its digest. Manifests of plain layers are rewritten, and nothing by size.
    private func isInStore(_ member: Pack.Member) -> Bool {
        guard let image = ImageMember(path: member.path) else { return false }
        return isThere("\(Self.content)/\(ImageMember.blob(image.digest).path)", member)
    }

    private var images: UInt64 {
        guard state.claimed.contains(ContainerdStep.store) else { return 0 }
        var (blobs, unpackable, plain, lacking): (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        for member in members(.images) {
            let (blob, unpacked) = (
                NodeInstaller.blobSize(of: member, imageLoader), NodeInstaller.unpackedSize(of: member)
            )
            if blob == 0 {
                // No blob tells of it, only what is unpacked.
                plain += unpacked
            } else if isInStore(member) {
                blobs += blob
                unpackable += unpacked
            } else {
                lacking += blob + unpacked
            }
        }
        guard state.stepsDone.contains(ImagesStep().name) else { return blobs + min(unpacked, unpackable + plain) }
        // All of them were there, and unpacked: what lacks is what somebody removed since. With an image's documents its
        // layers are gone.
        if lacking > 0 { lacking += plain - min(plain, unpacked) }
        let whole = needed[ContainerdStep.store] ?? 0
        return whole - min(whole, lacking)
    }

    /// Bytes on the disk of whatever containerd has unpacked.
    private var unpacked: UInt64 {
        let store = root.resolve(ContainerdStep.store)
        var seen: Set<Inode> = []
        let names = ((try? FileSystem.list(store)) ?? []).filter { $0.hasPrefix(Self.snapshotters) }
        return names.reduce(0) { $0 + Self.allocated(store.appending($1), &seen) }
    }

    private struct Inode: Hashable {
        var device: UInt64
        var number: UInt64
    }

    /// Bytes that a file, or everything below a folder, takes on the disk. A file of several names counts once.
    private static func allocated(_ path: FilePath, _ seen: inout Set<Inode>) -> UInt64 {
        var status = stat()
        guard lstat(path.string, &status) == 0 else { return 0 }
        let own = UInt64(status.st_blocks) * 512
        guard status.st_mode & S_IFMT == S_IFDIR else {
            let inode = Inode(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
            return status.st_nlink > 1 && !seen.insert(inode).inserted ? 0 : own
        }
        return ((try? FileSystem.list(path)) ?? []).reduce(own) { $0 + allocated(path.appending($1), &seen) }
    }
}

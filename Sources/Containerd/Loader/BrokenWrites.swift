import Host
import SystemPackage

/// Writes of blobs from which a power cut has taken what containerd knows them by: it neither lists nor collects them,
/// what they hold would stay, and one of them keeps it from listing any other.
struct BrokenWrites: Sendable {
    /// What containerd writes of each, in this order: the first as it is, the others under another name until they are
    /// whole.
    private static let files = ["ref", "startedat", "updatedat"]

    private let folder: FilePath
    private let socket: FilePath

    /// - Parameters:
    ///   - content: the folder of containerd's content store.
    ///   - socket: which every containerd makes anew.
    init(_ content: FilePath, socket: FilePath) {
        folder = content.appending("ingest")
        self.socket = socket
    }

    /// Blocks.
    func remove() throws {
        guard FileSystem.exists(folder) else { return }
        let begin = try FileSystem.status(socket)?.modificationTime ?? .min
        for name in try FileSystem.list(folder) {
            let write = folder.appending(name)
            guard let status = try FileSystem.status(write) else { continue }
            guard try isBroken(write, isEarlier: status.modificationTime < begin) else { continue }
            for file in try FileSystem.list(write) { try FileSystem.remove(write.appending(file)) }
            try FileSystem.remove(write)
        }
    }

    /// - Parameter isEarlier: whether another containerd began it. This one may be about to write what is missing.
    private func isBroken(_ write: FilePath, isEarlier: Bool) throws -> Bool {
        let texts = try Self.files.map { try FileSystem.text(write.appending($0)) }
        // Once the second is there, all that are there are whole.
        return isEarlier ? texts.contains { $0?.isEmpty ?? true } : texts[1] != nil && texts.contains("")
    }
}

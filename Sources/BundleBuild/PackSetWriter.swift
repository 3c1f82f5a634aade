import Archive
import BundleModel
import Host
import Synchronization
import SystemPackage

/// Writes the packs of one bundle, all with the same settings.
struct PackSetWriter: Sendable {
    let folder: FilePath
    let compression: Compression
    let threads: Int
    let modificationTime: UInt64
    let progress: any ProgressSink

    /// Raised by the task's cancellation for the thread that packs.
    private final class Stop: Sendable {
        private let flag = Atomic(false)
        func raise() { flag.store(true, ordering: .relaxed) }
        var isRaised: Bool { flag.load(ordering: .relaxed) }
    }

    /// - Returns: the pack's entry for the index, and its file.
    func write(
        _ members: [PackSource], name: String, content: Pack.Content, selector: Pack.Selector = Pack.Selector()
    ) async throws -> (pack: Pack, file: FilePath) {
        let task = "pack \(name)"
        let file = folder.appending("\(name).tar.\(compression.format.fileExtension)")
        let stop = Stop()
        progress.report(ProgressEvent(kind: .started, task: task))
        let summary = try await withTaskCancellationHandler {
            try Task.checkCancellation()
            return try await BlockingPool.shared.run { try pack(members, into: file, task: task, stop: stop) }
        } onCancel: {
            stop.raise()
        }
        progress.report(ProgressEvent(kind: .finished, task: task, done: summary.size))
        return (summary.pack(name: name, content: content, selector: selector), file)
    }

    private func pack(_ members: [PackSource], into path: FilePath, task: String, stop: Stop) throws -> PackSummary {
        let sorted = members.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        let sizes = try sorted.map { try Self.size($0) }
        let total = sizes.reduce(0, +)
        var done: UInt64 = 0
        do {
            let file = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            return try file.closeAfter {
                let writer = try TarPackWriter(
                    output: file, compression: compression, threads: threads, modificationTime: modificationTime)
                for (member, size) in zip(sorted, sizes) {
                    if stop.isRaised { throw CancellationError() }
                    try writer.add(member)
                    done += size
                    progress.report(ProgressEvent(kind: .advanced, task: task, done: done, total: total))
                }
                return try writer.finish()
            }
        } catch let error as Errno {
            throw HostError.system("write", path: path.string, errno: error.rawValue)
        }
    }

    private static func size(_ member: PackSource) throws -> UInt64 {
        switch member {
        case .file(_, _, let source): try FileSystem.status(source)?.size ?? 0
        case .bytes(_, _, let content): UInt64(content.count)
        case .directory, .symlink: 0
        }
    }
}

import Archive
import BundleModel
import Host
import SystemPackage

/// Writes the packs of one bundle, all with the same settings.
struct PackSetWriter: Sendable {
    let folder: FilePath
    let compression: Compression
    let threads: Int
    let modificationTime: UInt64
    let progress: any ProgressSink

    /// What goes into one pack.
    private enum Input {
        /// In any order.
        case members([PackSource])
        /// As they are.
        case parts([PackPart])
    }

    /// A pack of members in the order of their paths.
    ///
    /// - Returns: the pack's entry for the index, and its file.
    func write(
        _ members: [PackSource], name: String, content: Pack.Content, selector: Pack.Selector = Pack.Selector()
    ) async throws -> (pack: Pack, file: FilePath) {
        try await write(.members(members), name: name, content: content, selector: selector)
    }

    /// A pack of parts, each flushed.
    ///
    /// - Returns: the pack's entry for the index, and its file.
    func write(
        _ parts: [PackPart], name: String, content: Pack.Content, selector: Pack.Selector = Pack.Selector()
    ) async throws -> (pack: Pack, file: FilePath) {
        try await write(.parts(parts), name: name, content: content, selector: selector)
    }

    private func write(
        _ input: Input, name: String, content: Pack.Content, selector: Pack.Selector
    ) async throws -> (pack: Pack, file: FilePath) {
        let task = "pack \(name)"
        let file = folder.appending("\(name).tar.\(compression.format.fileExtension)")
        let stop = CancellationFlag()
        progress.report(ProgressEvent(kind: .started, task: task))
        let summary = try await withTaskCancellationHandler {
            try Task.checkCancellation()
            return try await BlockingPool.shared.run { try pack(input, into: file, task: task, stop: stop) }
        } onCancel: {
            stop.raise()
        }
        progress.report(ProgressEvent(kind: .finished, task: task, done: summary.size))
        return (summary.pack(name: name, content: content, selector: selector), file)
    }

    private func pack(_ input: Input, into path: FilePath, task: String, stop: CancellationFlag) throws -> PackSummary {
        let (order, parts): (TarPackWriter.Order, [PackPart])
        switch input {
        case .members(let members):
            let sorted = members.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
            (order, parts) = (.sorted, [PackPart(name: "", roles: [], members: sorted)])
        case .parts(let given): (order, parts) = (.given, given)
        }
        let total = try parts.flatMap(\.members).reduce(0) { $0 + (try Self.size($1)) }
        var done: UInt64 = 0
        do {
            let file = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            return try file.closeAfter {
                let writer = try TarPackWriter(
                    output: file, compression: compression, threads: threads, modificationTime: modificationTime,
                    order: order)
                for part in parts {
                    if order == .given { try writer.beginPart(part.name, roles: part.roles) }
                    for member in part.members {
                        try writer.add(member) { count in
                            if stop.isRaised { throw CancellationError() }
                            done += UInt64(count)
                            progress.report(ProgressEvent(kind: .advanced, task: task, done: done, total: total))
                        }
                    }
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
        case .layer(_, _, _, let size, _, _): size
        case .directory, .symlink: 0
        }
    }
}

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
    struct Request: Sendable {
        var name: String
        var content: Pack.Content
        var selector = Pack.Selector()
        /// Parts are flushed each; a single part without a name is the whole pack.
        var parts: [PackPart]

        /// A pack of members, in the order of their paths.
        init(
            _ name: String, _ content: Pack.Content, selector: Pack.Selector = Pack.Selector(), of members: [PackSource]
        ) {
            self.name = name
            self.content = content
            self.selector = selector
            let sorted = members.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
            parts = [PackPart(name: "", roles: [], members: sorted)]
        }

        /// A pack of parts, as they are.
        init(_ name: String, _ content: Pack.Content, parts: [PackPart]) {
            self.name = name
            self.content = content
            self.parts = parts
        }

        var isInParts: Bool { parts.first?.name != "" }
    }

    /// A pack with a stream of its own.
    ///
    /// - Returns: the pack's entry for the index, and its file.
    func write(_ request: Request) async throws -> [(pack: Pack, file: FilePath)] {
        try await writeStream([request])
    }

    /// Packs of one stream, each going on from the one before it.
    ///
    /// - Returns: the packs' entries for the index, and their files.
    func writeStream(_ requests: [Request]) async throws -> [(pack: Pack, file: FilePath)] {
        let stop = CancellationFlag()
        return try await withTaskCancellationHandler {
            try Task.checkCancellation()
            return try await BlockingPool.shared.run {
                var before: (writer: TarPackWriter, name: String)?
                return try requests.enumerated().map { number, request in
                    let task = "pack \(request.name)"
                    let file = folder.appending("\(request.name).tar.\(compression.format.fileExtension)")
                    progress.report(ProgressEvent(kind: .started, task: task))
                    let (writer, summary) = try pack(
                        request, into: file, after: before?.writer, goesOn: number < requests.count - 1, task: task,
                        stop: stop)
                    progress.report(ProgressEvent(kind: .finished, task: task, done: summary.size))
                    let pack = summary.pack(
                        name: request.name, content: request.content, selector: request.selector,
                        continues: before?.name)
                    before = (writer, request.name)
                    return (pack, file)
                }
            }
        } onCancel: {
            stop.raise()
        }
    }

    private func pack(
        _ request: Request, into path: FilePath, after before: TarPackWriter?, goesOn: Bool, task: String,
        stop: CancellationFlag
    ) throws -> (TarPackWriter, PackSummary) {
        let parts = request.parts
        let total = try parts.flatMap(\.members).reduce(0) { $0 + (try Self.size($1)) }
        var done: UInt64 = 0
        do {
            let file = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            return try file.closeAfter {
                let writer = try TarPackWriter(
                    output: file, compression: compression, threads: threads, modificationTime: modificationTime,
                    order: request.isInParts ? .given : .sorted, after: before)
                for part in parts {
                    if request.isInParts { try writer.beginPart(part.name, roles: part.roles) }
                    for member in part.members {
                        try writer.add(member) { count in
                            if stop.isRaised { throw CancellationError() }
                            done += UInt64(count)
                            progress.report(ProgressEvent(kind: .advanced, task: task, done: done, total: total))
                        }
                    }
                }
                return (writer, try writer.finish(goesOn: goesOn))
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

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
        /// What a delta leaves out, for the index.
        var omitted: [Pack.Member] = []

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
            return try await BlockingPool.shared.run { try pack(requests, stop: stop) }
        } onCancel: {
            stop.raise()
        }
    }

    private func pack(_ requests: [Request], stop: CancellationFlag) throws -> [(pack: Pack, file: FilePath)] {
        let task = "pack " + requests.map(\.name).joined(separator: ", ")
        let total = try requests.flatMap(\.parts).flatMap(\.members).reduce(0) { $0 + (try Self.size($1)) }
        progress.report(ProgressEvent(kind: .started, task: task, done: 0, total: total))
        let files = requests.map { folder.appending("\($0.name).tar.\(compression.format.fileExtension)") }
        var outputs: [FileDescriptor] = []
        defer { for output in outputs { try? output.close() } }
        func goOn() throws {
            if stop.isRaised { throw CancellationError() }
        }
        var last: TarPackWriter?
        for (request, file) in zip(requests, files) {
            let output = try Self.create(file)
            outputs.append(output)
            let order: TarPackWriter.Order = request.isInParts ? .given : .sorted
            let writer =
                if let last {
                    try TarPackWriter(output: output, after: last, order: order)
                } else {
                    try TarPackWriter(
                        output: output, compression: compression, threads: threads,
                        modificationTime: modificationTime, order: order
                    ) { done in
                        try goOn()
                        progress.report(
                            ProgressEvent(kind: .advanced, task: task, done: min(done, total), total: total))
                    }
                }
            last = writer
            for part in request.parts {
                if request.isInParts { try writer.beginPart(part.name, roles: part.roles) }
                for member in part.members { try writer.add(member) { _ in try goOn() } }
            }
        }
        guard let last else { return [] }
        let summaries = try last.finishStream()
        progress.report(
            ProgressEvent(kind: .finished, task: task, done: summaries.reduce(0) { $0 + $1.size }))
        return zip(requests, summaries).enumerated().map { number, item in
            let (request, summary) = item
            var pack = summary.pack(
                name: request.name, content: request.content, selector: request.selector,
                continues: number == 0 ? nil : requests[number - 1].name)
            if !request.omitted.isEmpty { pack.omitted = request.omitted }
            return (pack: pack, file: files[number])
        }
    }

    private static func create(_ path: FilePath) throws -> FileDescriptor {
        do {
            return try FileDescriptor.open(
                path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
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

import BundleModel
import NIOCore
import SwiftProtobuf
import Synchronization

/// The sender's side of one Content.Write.
final class BlobSession: Sendable {
    let digest: SHA256Digest
    private let size: UInt64
    private let reference: String
    private let labels: [String: String]
    private let bytes: any BlobBytes
    private let isStopped = Atomic(false)
    private let failed = Mutex<(any Error)?>(nil)

    init(digest: SHA256Digest, size: UInt64, reference: String, labels: [String: String], bytes: any BlobBytes) {
        self.digest = digest
        self.size = size
        self.reference = reference
        self.labels = labels
        self.bytes = bytes
    }

    /// What the source of the bytes failed with: not containerd's fault.
    var failure: (any Error)? { failed.withLock { $0 } }

    /// Ends the write with the next piece.
    func stop() { isStopped.store(true, ordering: .relaxed) }

    /// Returns without a commit where the bytes fail.
    ///
    /// - Parameter offsets: of containerd's answers; the first says whether it has the bytes under another name.
    func send(to writer: CallWriter, _ offsets: AsyncStream<Int64>) async throws {
        try await writer.write(try message(.stat))
        guard let first = await offsets.first(where: { _ in true }) else { return }
        var offset: UInt64 = 0
        if first > 0, UInt64(first) == size {
            offset = size
        } else {
            while true {
                let piece: [UInt8]?
                do { piece = try await next() } catch {
                    failed.withLock { $0 = error }
                    return
                }
                guard let piece else { break }
                try await writer.write(try message(.write, at: offset, piece))
                offset += UInt64(piece.count)
            }
        }
        try await writer.write(try message(.commit, at: offset))
    }

    private func next() async throws -> [UInt8]? {
        if isStopped.load(ordering: .relaxed) { throw CancellationError() }
        return try await bytes.next()
    }

    private func message(
        _ action: Containerd_Services_Content_V1_WriteAction, at offset: UInt64 = 0, _ data: [UInt8] = []
    ) throws -> ByteBuffer {
        var fields = Containerd_Services_Content_V1_WriteContentRequest.with {
            $0.action = action
            $0.offset = Int64(offset)
        }
        // Once is enough, and digests are compared at every message that has one.
        if action != .write {
            fields.ref = reference
            fields.total = Int64(size)
            fields.expected = digest.description
        }
        if action == .commit { fields.labels = labels }
        return try BlobMessage(fields: fields, data: data).framed()
    }

    /// What containerd said last: that it has committed exactly this.
    func check(_ last: Containerd_Services_Content_V1_WriteContentResponse?) throws {
        guard let last, last.action == .commit, last.digest == digest.description else {
            throw ContainerdError.refused(
                "Content.Write \(digest)", .other, reason: "the write ended before it was committed")
        }
    }
}

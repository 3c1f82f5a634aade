import BundleModel
import NIOCore
import SwiftProtobuf

/// The sender's side of one Content.Write.
struct BlobSession: Sendable {
    /// The source of the bytes failed: not containerd's fault.
    struct Failure: Error {
        let error: any Error
    }

    let digest: SHA256Digest
    let size: UInt64
    let reference: String
    let labels: [String: String]
    let bytes: any BlobBytes

    /// - Parameter offsets: of containerd's answers; the first says whether it has the bytes under another name.
    func send(to writer: CallWriter, _ offsets: AsyncStream<Int64>) async throws {
        try await writer.write(try message(.stat))
        guard let first = await offsets.first(where: { _ in true }) else { return }
        var offset: UInt64 = 0
        if first > 0, UInt64(first) == size {
            offset = size
        } else {
            while let piece = try await next() {
                try await writer.write(try message(.write, at: offset, piece))
                offset += UInt64(piece.count)
            }
        }
        try await writer.write(try message(.commit, at: offset))
    }

    private func next() async throws -> [UInt8]? {
        do { return try await bytes.next() } catch { throw Failure(error: error) }
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

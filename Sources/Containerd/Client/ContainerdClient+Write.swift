import BundleModel
import SwiftProtobuf

extension ContainerdClient {
    /// What came of writing a blob.
    enum Written: Sendable {
        case written
        /// It was there, whole. Its labels are as they were; under a lease it has joined that.
        case alreadyThere
    }

    private static let write = CallMethod<
        Containerd_Services_Content_V1_WriteContentRequest, Containerd_Services_Content_V1_WriteContentResponse
    >("Content", "Write", timeout: nil)

    /// How long a write that is cancelled may take to end well.
    private static let grace = Duration.seconds(5)

    /// Stores a blob, which containerd compares with its digest and size before it is there.
    ///
    /// A write that fails here or is cancelled is still ended as containerd wants it, and waited for: whoever removes a
    /// write that containerd is at leaves pieces of it that it never finds again.
    ///
    /// - Parameters:
    ///   - reference: of this write alone; after a failure it is open until `abortWrite`.
    ///   - bytes: may not have been read to the end when this returns or throws.
    func writeBlob(
        _ digest: SHA256Digest, size: UInt64, reference: String, labels: [String: String] = [:],
        _ bytes: any BlobBytes
    ) async throws -> Written {
        try Task.checkCancellation()
        let session = BlobSession(digest: digest, size: size, reference: reference, labels: labels, bytes: bytes)
        let writing = Task { try await write(session) }
        return try await withTaskCancellationHandler {
            try await writing.value
        } onCancel: {
            session.stop()
            Task {
                try await Task.sleep(for: Self.grace)
                writing.cancel()
            }
        }
    }

    private func write(_ session: BlobSession) async throws -> Written {
        let (offsets, answered) = AsyncStream<Int64>.makeStream()
        do {
            return try await exchange(
                Self.write, send: { try await session.send(to: $0, offsets) },
                receive: { answers in
                    // However this ends, the sender does not wait for it any longer.
                    defer { answered.finish() }
                    var last: Containerd_Services_Content_V1_WriteContentResponse?
                    while let message = try await answers.next() {
                        answered.yield(message.offset)
                        last = message
                    }
                    try session.check(last)
                    return .written
                })
        } catch {
            if let failure = session.failure { throw failure }
            let error = mapped(error, Self.write.name, session.digest.description)
            if case ContainerdError.refused(_, .alreadyExists, _) = error { return .alreadyThere }
            throw error
        }
    }
}

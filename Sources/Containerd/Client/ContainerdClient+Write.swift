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

    /// Stores a blob, which containerd compares with its digest and size before it is there.
    ///
    /// - Parameters:
    ///   - reference: of this write alone; after a failure it is open until `abortWrite`.
    ///   - bytes: may not have been read to the end when this returns or throws.
    func writeBlob(
        _ digest: SHA256Digest, size: UInt64, reference: String, labels: [String: String] = [:],
        _ bytes: any BlobBytes
    ) async throws -> Written {
        let session = BlobSession(digest: digest, size: size, reference: reference, labels: labels, bytes: bytes)
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
        } catch let failure as BlobSession.Failure {
            throw failure.error
        } catch {
            let error = mapped(error, Self.write.name, digest.description)
            if case ContainerdError.refused(_, .alreadyExists, _) = error { return .alreadyThere }
            throw error
        }
    }
}

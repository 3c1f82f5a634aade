/// The decoder of a stream, at the end of one pack and before the pack that goes on with it: what came before need not be
/// decoded again.
///
/// Memory: the window of the compression, for as long as it is kept. For one reader; who has it is its only owner.
public final class PackContinuation: @unchecked Sendable {
    /// The pack that was read.
    public let name: String
    let stream: DecompressedStream

    init(name: String, stream: DecompressedStream) {
        self.name = name
        self.stream = stream
    }
}

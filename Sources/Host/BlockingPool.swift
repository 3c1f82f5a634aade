import Dispatch

/// Runs calls that block (files, libarchive, libzstd, OpenSSL) on threads of their own.
///
/// Swift's cooperative threads are as many as cores; one that waits for a disk is one less for everybody.
public struct BlockingPool: Sendable {
    public static let shared = BlockingPool(label: "kubeferry.blocking")
    private let queue: DispatchQueue

    public init(label: String) {
        queue = DispatchQueue(label: label, attributes: .concurrent)
    }

    /// Runs `work` on a thread of the pool and returns what it returns.
    public func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async {
                continuation.resume(with: Swift.Result { try work() })
            }
        }
    }
}

import Dispatch

/// Runs calls that block (files, libarchive, libzstd, OpenSSL) on threads of their own.
///
/// Swift's cooperative threads are as many as cores; one that waits for a disk is one less for everybody.
public struct BlockingPool: Sendable {
    public static let shared = BlockingPool(label: "kubeferry.blocking")
    private let label: String

    public init(label: String) {
        self.label = label
    }

    /// Runs `work` on a thread of the pool and returns what it returns.
    public func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            // A serial queue for each call: those get a thread as soon as they need one. A concurrent queue would take
            // its threads from the same few as Swift's tasks, and as many blocked calls as cores would stop them all.
            DispatchQueue(label: label).async {
                continuation.resume(with: Swift.Result { try work() })
            }
        }
    }
}

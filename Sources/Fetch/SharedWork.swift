/// Lets everybody who needs one thing at the same time wait for one piece of work.
public actor SharedWork<Key: Hashable & Sendable, Value: Sendable> {
    private var running: [Key: Task<Value, any Error>] = [:]
    private let keepsValues: Bool

    /// - Parameter keepsValues: gives what was found to those who come later, too.
    public init(keepsValues: Bool = false) { self.keepsValues = keepsValues }

    /// What the work for this key gives: of the one that runs, or of a new one.
    public func value(for key: Key, _ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        while true {
            do {
                if let task = running[key] { return try await Self.wait(for: task) }
                let task = Task { try await work() }
                running[key] = task
                var isKept = false
                defer { if !isKept { running[key] = nil } }
                let value = try await Self.wait(for: task)
                isKept = keepsValues
                return value
            } catch is CancellationError where !Task.isCancelled {
                // Whoever began it gave up; this one did not, and begins anew.
                running[key] = nil
            }
        }
    }

    private static func wait(for task: Task<Value, any Error>) async throws -> Value {
        try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }
}

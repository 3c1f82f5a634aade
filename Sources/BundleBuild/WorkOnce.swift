/// Does a piece of work once for all who ask for what it gives, at the same time or later. A failure is kept too.
actor WorkOnce<Key: Hashable & Sendable, Value: Sendable> {
    private var tasks: [Key: Task<Value, any Error>] = [:]

    /// What the work for this key gives: of the one that was begun, or of a new one. Whoever is cancelled ends it for all.
    func value(for key: Key, _ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let task = tasks[key] ?? Task { try await work() }
        tasks[key] = task
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }
}

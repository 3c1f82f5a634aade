/// Pieces of work at the same time, a bounded number of them.
enum BoundedTasks {
    /// - Parameter limit: how many are at work at most, 1 or more.
    /// - Returns: the results in the order of `items`, whatever ended first.
    /// - Throws: the first error; the others are cancelled and waited for.
    static func map<Item: Sendable, Output: Sendable>(
        _ items: [Item], limit: Int, _ work: @escaping @Sendable (Item) async throws -> Output
    ) async throws -> [Output] {
        try await withThrowingTaskGroup(of: (Int, Output).self) { group in
            var outputs: [Int: Output] = [:]
            for (number, item) in items.enumerated() {
                if number >= limit, let (place, output) = try await group.next() { outputs[place] = output }
                group.addTask { (number, try await work(item)) }
            }
            while let (place, output) = try await group.next() { outputs[place] = output }
            return items.indices.compactMap { outputs[$0] }
        }
    }
}

extension Array where Element: Sendable {
    /// Maps a few elements at once, in their order. For calls that mostly wait.
    ///
    /// - Throws: what the first of them throws that fails; the others are cancelled.
    func concurrently<Result: Sendable>(
        width: Int = 8, _ work: @escaping @Sendable (Element) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var results = [Result?](repeating: nil, count: count)
            for (index, element) in enumerated() {
                if index >= width, let (done, result) = try await group.next() { results[done] = result }
                group.addTask { (index, try await work(element)) }
            }
            for try await (done, result) in group { results[done] = result }
            return results.compactMap(\.self)
        }
    }
}

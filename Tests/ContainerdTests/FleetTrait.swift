import Testing

/// Gives a suite a fleet, and ends it when the suite's last test has ended, however that was.
struct FleetTrait: SuiteTrait, TestScoping {
    @concurrent func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let fleet = Fleet()
        do {
            try await Fleet.$current.withValue(fleet) { try await function() }
        } catch {
            try await fleet.stop()
            throw error
        }
        try await fleet.stop()
    }
}

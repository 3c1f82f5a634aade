import CLISupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// In processes of their own: a signal is the whole process's affair.
struct InterruptionTests {
    @Test func theFirstSignalCancelsTheWork() async {
        await #expect(processExitsWith: .exitCode(7)) {
            do {
                try await Interruption.cancelling {
                    kill(getpid(), SIGTERM)
                    try await Task.sleep(for: .seconds(300))
                }
            } catch is CancellationError {
                exit(7)
            }
        }
    }

    @Test func theSecondSignalEndsWorkThatDoesNotEnd() async {
        await #expect(processExitsWith: .failure) {
            try await Interruption.cancelling {
                kill(getpid(), SIGINT)
                try? await Task.sleep(for: .seconds(300))
                kill(getpid(), SIGINT)
                // Work that does not look whether it is cancelled, and would end well.
                sleep(300)
            }
        }
    }

    @Test func everyPhaseIsCancelledByASignalOfItsOwn() async {
        await #expect(processExitsWith: .exitCode(7)) {
            var cancelled = 0
            for number in [SIGINT, SIGINT, SIGTERM, SIGINT] {
                do {
                    try await Interruption.cancelling {
                        kill(getpid(), number)
                        try await Task.sleep(for: .seconds(300))
                    }
                } catch is CancellationError {
                    cancelled += 1
                }
            }
            exit(cancelled == 4 ? 7 : 1)
        }
    }

    @Test func betweenPhasesASignalEndsTheProgram() async {
        await #expect(processExitsWith: .failure) {
            try await Interruption.cancelling {}
            kill(getpid(), SIGINT)
            sleep(300)
            exit(0)
        }
    }
}

import SystemPackage
import TestSupport
import Testing

extension EndToEnd {
    /// Power is lost while images load, by `images load` alone: whatever a cut load has left, the same command makes
    /// whole. Nobody tells it that the machine went down.
    @Suite(.serialized, .enabled(if: TestGuest.isPossible, "needs qemu-system-x86_64"))
    struct PowerCutImageLoadTests {
        /// A load that nobody disturbed: how long it took, and what it made.
        private struct Undisturbed {
            let duration: Duration
            let state: [String]
        }

        @Test func aLoadThatLostPowerAtAnyPointIsFinishedByTheSameCommand() async throws {
            // Layers upon each other, of many files; and an image that keeps its blobs.
            let trees = Testbed.directory.appending("base-bare/usr")
            try await TestBundle.shared.push(
                "kubeferry/layers:1", ["bin", "share/zoneinfo", "sbin"].map { trees.appending($0) })
            try await TestBundle.shared.push("kubeferry/kept:1", ["sbin", "lib/systemd"].map { trees.appending($0) })
            let files = try await TestBundle.shared.make(
                "power", "--image", "docker.io/kubeferry/layers:1", "--image", "docker.io/kubeferry/kept:1",
                "--original-layers", "docker.io/kubeferry/kept:1")
            var containerds = try await LoadGuest.containerds()
            // What Debian 12 has, unless there is time for all of them.
            if !RunSettings.isLong { containerds = containerds.filter { $0.key == "bookworm" } }
            let guest = try await LoadGuest.make("load", carrying: files, containerds: containerds)
            var random = SeededGenerator(seed: RunSettings.seed)
            var undisturbed: [LoadGuest.Subject: Undisturbed] = [:]
            let suites = containerds.keys.sorted()
            for point in 0..<(RunSettings.isLong ? 20 : 1) {
                // A worker's images are the fourth part, and take a tenth of the time.
                let subject = LoadGuest.Subject(
                    containerd: suites[point % suites.count], role: point % 4 == 3 ? "master" : "worker")
                let expected: Undisturbed
                if let known = undisturbed[subject] {
                    expected = known
                } else {
                    expected = try await load(guest, subject)
                    undisturbed[subject] = expected
                }
                let moment = try await cut(guest, subject, within: expected.duration, &random)
                try await guest.start(subject)
                let state = try await guest.state()
                print("power cut \(point + 1): \(subject.containerd), \(subject.role), \(moment) after the beginning")
                #expect(FileTree.differences(expected.state, state, exceptions: []) == [], "point \(point), \(moment)")
            }
            if RunSettings.isLong, let (subject, expected) = undisturbed.first {
                try await afterItsEnd(guest, subject, expected)
            }
            try await guest.remove()
        }

        private func load(_ guest: LoadGuest, _ subject: LoadGuest.Subject) async throws -> Undisturbed {
            try await guest.forget()
            try await guest.start(subject)
            try await guest.waitForLoad()
            let begin = ContinuousClock.now
            try await guest.waitForLoadsEnd()
            let duration = ContinuousClock.now - begin
            return Undisturbed(duration: duration, state: try await guest.state())
        }

        /// Cuts the power at a moment by the seed, in the middle of a load.
        private func cut(
            _ guest: LoadGuest, _ subject: LoadGuest.Subject, within duration: Duration,
            _ random: inout SeededGenerator
        ) async throws -> Duration {
            let whole = Int(duration / .milliseconds(1))
            // A machine that had more to do before may have a load end earlier than it did.
            for _ in 1...5 {
                let moment = Duration.milliseconds(Int.random(in: 0..<whole, using: &random))
                try await guest.forget()
                try await guest.start(subject)
                try await guest.waitForLoad()
                try await Task.sleep(for: moment)
                try await guest.cut()
                if try await !guest.console().contains("GUEST-RUN-STATUS") { return moment }
            }
            throw Uninterrupted()
        }

        private struct Uninterrupted: Error {}

        /// Once the command has said that it is done, a cut takes nothing any more: all of it is on the disk.
        private func afterItsEnd(
            _ guest: LoadGuest, _ subject: LoadGuest.Subject, _ expected: Undisturbed
        ) async throws {
            try await guest.forget()
            try await guest.start(subject)
            try await guest.waitForLoadsEnd()
            try await guest.cut()
            try await guest.start(subject)
            let state = try await guest.state()
            #expect(FileTree.differences(expected.state, state, exceptions: []) == [])
            #expect(try await guest.console().contains("nothing was changed"))
        }
    }
}

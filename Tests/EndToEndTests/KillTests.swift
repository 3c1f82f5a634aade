import BundleModel
import FoundationEssentials
import Host
import TestSupport
import Testing

extension EndToEnd {
    /// The installer dies; the same command then finishes.
    @Suite(.serialized) struct KillTests {
        @Test func killedAtEveryBoundaryTheSameCommandFinishes() async throws {
            let files = try await TestBundle.shared.make()
            let master = try await TestNode.boot("k0", "10.77.0.30")
            let worker = try await TestNode.boot("k3", "10.77.0.33")
            try await master.carry(files)
            try await worker.carry(files)
            let bareMaster = try await master.tree()
            let boundaries = try await Boundaries(master)

            try await kill(master.masterCommand(), on: master, at: boundaries.sample(.master))
            try await master.install(master.masterCommand())
            try await master.waitUntilReady("k0")

            try await master.invite(worker)
            let bareWorker = try await worker.tree()
            try await kill(worker.workerCommand(), on: worker, at: boundaries.sample(.worker))
            try await worker.install(worker.workerCommand())
            try await master.waitUntilReady("k0", "k3")

            for (node, role, bare) in [(worker, NodeRole.worker, bareWorker), (master, .master, bareMaster)] {
                let reset = ["node-install", "reset", "--yes"]
                try await kill(reset, on: node, at: boundaries.resetSample(role))
                try await node.install(reset)
                let left = FileTree.differences(
                    bare, try await node.tree(), exceptions: FileTree.resetExceptions.map(\.prefix))
                #expect(left == [], "a reset that was killed and run again left files on \(node.name)")
            }
            try await worker.remove()
            try await master.remove()
        }

        private func kill(_ command: [String], on node: TestNode, at boundaries: [String]) async throws {
            for boundary in boundaries {
                let result = try await node.run(
                    command, environment: ["NODE_INSTALL_KILL_AT": boundary])
                #expect(result.status == 137, "\(boundary): \(result.standardOutput)\(result.standardError)")
            }
        }

        @Test func killedAtRandomTimesTheSameCommandFinishes() async throws {
            let files = try await TestBundle.shared.make()
            var random = SeededGenerator(seed: RunSettings.seed)
            let node = try await TestNode.boot("k1", "10.77.0.31")
            try await node.carry(files)
            // Always in the middle of the image load and of kubeadm init, then wherever the seed says.
            try await killOnce(
                "the first layer is on its way", "ls \(TestNode.snapshots) | grep -q .", node, afterMilliseconds: 100)
            try await killOnce(
                "kubeadm init runs", "ps axww | grep -q '[k]ubeadm init'", node,
                afterMilliseconds: Int.random(in: 500...6000, using: &random))
            var kills = 0
            while kills < (RunSettings.isLong ? 20 : 2) {
                let delay = Int.random(in: 100...20_000, using: &random)
                if try await kill(node, afterMilliseconds: delay) {
                    kills += 1
                } else {
                    // Finished before: from here on every kill would hit a run that has nothing to do.
                    try await node.install(["node-install", "reset", "--yes"])
                }
            }
            try await node.install(node.masterCommand())
            try await node.waitUntilReady("k1")
            try await node.remove()
        }

        @Test func aNodeThatLostPowerMidwayIsFinishedByTheSameCommand() async throws {
            let files = try await TestBundle.shared.make()
            let node = try await TestNode.boot("k2", "10.77.0.32")
            try await node.carry(files)
            async let interrupted = node.run(node.masterCommand())
            try await node.eventually("kubeadm init runs") {
                try await node.run("sh", "-c", "ps ax | grep -q '[k]ubeadm init'").status == 0
            }
            try await node.cut()
            #expect(try await interrupted.status != 0)
            try await node.bootAgain()
            try await node.install(node.masterCommand())
            try await node.waitUntilReady("k2")
            try await node.remove()
        }

        /// Starts the installation in the background and kills it once a shell command on the node succeeds.
        private func killOnce(
            _ what: String, _ condition: String, _ node: TestNode, afterMilliseconds delay: Int
        ) async throws {
            async let ended = node.run(node.masterCommand())
            try await node.eventually(what) { try await node.run("sh", "-c", condition).status == 0 }
            try await Task.sleep(for: .milliseconds(delay))
            try await killInstaller(node)
            let status = try await ended.status
            #expect(status == 137, "killed once \(what), but it ended with \(status)")
        }

        /// - Returns: whether it was killed; false when it had finished before.
        private func kill(_ node: TestNode, afterMilliseconds delay: Int) async throws -> Bool {
            async let ended = node.run(node.masterCommand())
            try await Task.sleep(for: .milliseconds(delay))
            try await killInstaller(node)
            let status = try await ended.status
            try #require(status == 137 || status == 0, "after \(delay) ms: status \(status)")
            return status == 137
        }

        private func killInstaller(_ node: TestNode) async throws {
            _ = try await node.run("sh", "-c", "kill -9 $(pgrep -f '^\(TestNode.bundlePath) --role')")
        }
    }
}

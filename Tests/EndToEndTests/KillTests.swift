import BundleModel
import FoundationEssentials
import Host
import Testing

extension EndToEnd {
    /// The installer dies; the same command then finishes.
    @Suite(.serialized) struct KillTests {
        @Test func killedAtEveryStepBoundaryTheSameCommandFinishes() async throws {
            let files = try await TestBundle.shared.make()
            let node = try await TestNode.boot("k0", "10.77.0.30")
            try await node.carry(files)
            for boundary in try await boundaries(node) {
                let result = try await node.run(
                    node.masterCommand(), timeout: 1200, environment: ["NODE_INSTALL_KILL_AT": boundary])
                #expect(result.status == 137, "\(boundary): \(result.standardOutput)\(result.standardError)")
            }
            try await node.install(node.masterCommand())
            try await node.waitUntilReady("k0")
            try await node.remove()
        }

        /// Where a master's installation may be killed: all of them, or a sample that always has the two worst.
        private func boundaries(_ node: TestNode) async throws -> [String] {
            struct Listing: Decodable {
                struct Step: Decodable {
                    let roles: [NodeRole]
                    let boundaries: [String]
                }
                let steps: [Step]
            }
            let text = try await node.require(TestNode.bundlePath, "steps", "--format", "json")
            let steps = try CanonicalJSON.decode(Listing.self, from: Data(text.utf8)).steps
            let all = steps.filter { $0.roles.contains(.master) }.flatMap(\.boundaries)
            try #require(all.count > 20)
            guard !RunSettings.isLong else { return all }
            var random = SeededGenerator(seed: RunSettings.seed)
            let worst = ["images:mid", "kubeadm-init:mid"]
            let sample = Set(all.shuffled(using: &random).prefix(6) + worst)
            return all.filter { sample.contains($0) }
        }

        @Test func killedAtRandomTimesTheSameCommandFinishes() async throws {
            let files = try await TestBundle.shared.make()
            var random = SeededGenerator(seed: RunSettings.seed)
            let node = try await TestNode.boot("k1", "10.77.0.31")
            try await node.carry(files)
            // Always in the middle of the image load and of kubeadm init, then wherever the seed says.
            try await killWhile(node, runs: "ctr -n k8s.io images import", afterMilliseconds: 300)
            try await killWhile(
                node, runs: "kubeadm init", afterMilliseconds: Int.random(in: 500...6000, using: &random))
            for _ in 0..<(RunSettings.isLong ? 20 : 2) {
                try await kill(node, afterMilliseconds: Int.random(in: 100...20_000, using: &random))
            }
            try await node.install(node.masterCommand())
            try await node.waitUntilReady("k1")
            try await node.remove()
        }

        @Test func aNodeThatLostPowerMidwayIsFinishedByTheSameCommand() async throws {
            let files = try await TestBundle.shared.make()
            let node = try await TestNode.boot("k2", "10.77.0.32")
            try await node.carry(files)
            async let interrupted = node.run(node.masterCommand(), timeout: 1200)
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

        /// Starts the installation in the background and kills it once a program of that command line is seen.
        private func killWhile(_ node: TestNode, runs pattern: String, afterMilliseconds delay: Int) async throws {
            async let ended = node.run(node.masterCommand(), timeout: 1200)
            let bracketed = "[\(pattern.prefix(1))]\(pattern.dropFirst())"
            try await node.eventually("'\(pattern)' runs", attempts: 600) {
                try await node.run("sh", "-c", "ps axww | grep -q '\(bracketed)'").status == 0
            }
            try await Task.sleep(for: .milliseconds(delay))
            try await killInstaller(node)
            let status = try await ended.status
            #expect(status == 137, "killed while '\(pattern)' ran, but it ended with \(status)")
        }

        private func kill(_ node: TestNode, afterMilliseconds delay: Int) async throws {
            async let ended = node.run(node.masterCommand(), timeout: 1200)
            try await Task.sleep(for: .milliseconds(delay))
            try await killInstaller(node)
            // It may have finished before: then there was nothing to kill.
            let status = try await ended.status
            #expect(status == 137 || status == 0, "after \(delay) ms: status \(status)")
        }

        private func killInstaller(_ node: TestNode) async throws {
            _ = try await node.run("sh", "-c", "kill -9 $(pgrep -f '^\(TestNode.bundlePath) --role')")
        }
    }
}

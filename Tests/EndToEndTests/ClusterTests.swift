import BundleModel
import FoundationEssentials
import Host
import NodeServices
import Testing

extension EndToEnd {
    /// The main path: two bare nodes, one file, a cluster; then everything that a person does with it.
    @Suite(.serialized) struct ClusterTests {
        @Test func twoBareNodesBecomeAClusterAndLeaveNoTrace() async throws {
            let files = try await TestBundle.shared.make()
            let master = try await TestNode.boot("m0", "10.77.0.10")
            let worker = try await TestNode.boot("w0", "10.77.0.20")
            try await master.carry(files)
            try await worker.carry(files)
            let bareMaster = try await master.tree()
            let bareWorker = try await worker.tree()

            try await master.install(master.masterCommand())
            try await master.waitUntilReady("m0")
            try await theManifestIsApplied(master)
            try await master.invite(worker)
            try await worker.install(worker.workerCommand())
            try await master.waitUntilReady("m0", "w0")
            try await podsReachEachOther(master, worker)
            try await runningAgainChangesNothing(master, master.masterCommand())
            try await runningAgainChangesNothing(worker, worker.workerCommand())
            try await aNodeThatWasRenamedIsRefused(worker)
            try await rebootKeepsTheCluster(master, worker)

            try await invitesAreRefused(master, worker, files)
            try await anOlderBundleIsRefused(master, files)

            try await reset(worker, bareWorker)
            #expect(try await master.kubectl("delete", "node", "w0").status == 0)
            try await reset(master, bareMaster)

            // The node that was reset is as good as a bare one. Its images come the other way this time.
            try await master.install(master.masterCommand("--image-loader", "ctr"))
            try await master.waitUntilReady("m0")
            let check = try await master.run(
                "node-install", "images", "check", "--bundle", TestNode.bundlePath, "--trusted-key",
                "/root/release.pub")
            #expect(check.status == 0, "\(check.standardOutput)\(check.standardError)")
            let snapshots = try await master.require(
                "sh", "-c",
                "ctr -n k8s.io snapshots ls | awk 'NR > 1 { print $1 }' | xargs -n 1 ctr -n k8s.io snapshots info")
            // Which only the direct way sets.
            #expect(snapshots.contains("sha256:") && !snapshots.contains("io.kubeferry.verified"))

            #expect(try await Testbed.run("net", "leaks").split(separator: "\n").last == "0")
            try await worker.remove()
            try await master.remove()
        }

        private func theManifestIsApplied(_ master: TestNode) async throws {
            let map = try await master.kubectl(
                "get", "configmap", "carried", "-n", "kube-public", "-o", "jsonpath={.data.from}")
            #expect(map.standardOutput == "the bundle", "\(map.standardError)")
        }

        /// A pod on each node; a Service answers from both, and so across the nodes.
        private func podsReachEachOther(_ master: TestNode, _ worker: TestNode) async throws {
            try await master.write(Self.workload, to: "/root/web.json")
            let applied = try await master.kubectl("apply", "-f", "/root/web.json")
            try #require(applied.status == 0, "\(applied.standardError)")
            let rollout = try await master.kubectl("rollout", "status", "ds/web", "--timeout=900s", timeout: 960)
            try #require(rollout.status == 0, "\(rollout.standardOutput)\(rollout.standardError)")
            let pods = try await master.kubectl(
                "get", "pods", "-l", "app=web", "-o",
                "jsonpath={range .items[*]}{.spec.nodeName} {.metadata.name} {.status.podIP}{\"\\n\"}{end}")
            let rows = pods.standardOutput.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            try #require(Set(rows.map { $0[0] }) == ["m0", "w0"])
            for row in rows {
                for other in rows where other[0] != row[0] {
                    try await answer(master, from: row[1], at: other[2], port: 80)
                }
                try await answer(master, from: row[1], at: "10.96.0.80", port: 80)
            }
        }

        private func answer(_ master: TestNode, from pod: String, at address: String, port: Int) async throws {
            try await master.eventually("\(pod) reaches \(address):\(port)", attempts: 300) {
                let reply = try await master.kubectl(
                    "exec", pod, "--", "sh", "-c",
                    "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 3 \(address) \(port) | tail -1")
                return reply.standardOutput.hasPrefix("web on ")
            }
        }

        private func runningAgainChangesNothing(_ node: TestNode, _ command: [String]) async throws {
            let exceptions = [
                "/var/log/", "/var/lib/etcd/", "/var/lib/kubelet/", "/var/lib/containerd/", "/var/lib/systemd/",
                "/var/lib/cni/",
            ]
            let before = try await node.tree()
            try await node.install(command)
            let after = try await node.tree()
            let changed = FileTree.differences(before, after, exceptions: exceptions)
            #expect(changed == [], "a second run changed files")
        }

        /// The cluster knows it by its first name.
        private func aNodeThatWasRenamedIsRefused(_ node: TestNode) async throws {
            _ = try await node.require("hostname", "other")
            try await node.expect(.foreignState, node.workerCommand())
            _ = try await node.require("hostname", "w0")
        }

        private func rebootKeepsTheCluster(_ master: TestNode, _ worker: TestNode) async throws {
            try await master.cut()
            try await worker.cut()
            try await master.bootAgain()
            try await worker.bootAgain()
            try await master.waitUntilReady("m0", "w0")
        }

        private func invitesAreRefused(_ master: TestNode, _ used: TestNode, _ files: TestBundle.Files) async throws {
            let other = try await TestNode.boot("w1", "10.77.0.21")
            try await other.carry(files)
            let invite = try await used.require("cat", "/root/invite")
            try await other.write(invite, to: "/root/invite")
            try await other.expect(.inviteUsed, other.workerCommand())

            try await master.invite(other, "--ttl", "1s")
            try await Task.sleep(for: .seconds(2))
            try await other.expect(.inviteExpired, other.workerCommand())

            let forged = Invite.withAnotherSecret(try Invite(invite))
            try await other.write(forged.text + "\n", to: "/root/invite")
            try await other.expect(.inviteRefused, other.workerCommand())

            try await other.write("kf1-not-an-invite\n", to: "/root/invite")
            try await other.expect(.inviteMalformed, other.workerCommand())
            try await other.remove()
        }

        private func anOlderBundleIsRefused(_ node: TestNode, _ files: TestBundle.Files) async throws {
            let older = try await TestBundle.shared.make("k8s-older", "--sequence", "1")
            try await node.put(older.run, TestNode.bundlePath)
            try await node.expect(.olderSequence, node.masterCommand())
            try await node.put(files.run, TestNode.bundlePath)
        }

        private func reset(_ node: TestNode, _ before: [String]) async throws {
            let result = try await node.run("node-install", "reset", "--yes")
            try #require(result.status == 0, "\(result.standardOutput)\(result.standardError)")
            let left = FileTree.differences(
                before, try await node.tree(), exceptions: FileTree.resetExceptions.map(\.prefix))
            #expect(left == [], "reset left files behind")
        }

        /// A DaemonSet that answers with its node's name, and a Service before it.
        static let workload = """
            {"apiVersion": "v1", "kind": "List", "items": [
             {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "web"}, "spec": {
              "selector": {"matchLabels": {"app": "web"}},
              "template": {"metadata": {"labels": {"app": "web"}}, "spec": {
               "tolerations": [{"operator": "Exists"}],
               "containers": [{"name": "web", "image": "docker.io/kubeferry/busybox:1",
                "env": [{"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}],
                "command": ["/bin/sh", "-c",
                 "while :; do printf 'HTTP/1.0 200 OK\\\\r\\\\n\\\\r\\\\nweb on %s\\\\n' $NODE | nc -l -p 80 -w 3; done"]}]}}}},
             {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {
              "clusterIP": "10.96.0.80", "selector": {"app": "web"}, "ports": [{"port": 80}]}}]}

            """
    }
}

extension Invite {
    /// The same invite, well formed, with a secret that nobody made.
    fileprivate static func withAnotherSecret(_ invite: Invite) -> Invite {
        var forged = invite
        if let secret = InviteSecret(bytes: [UInt8](repeating: 7, count: InviteSecret.byteCount)) {
            forged.secret = secret
        }
        return forged
    }
}

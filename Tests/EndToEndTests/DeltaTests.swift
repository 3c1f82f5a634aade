import BundleModel
import FoundationEssentials
import Host
import SystemPackage
import Testing

extension EndToEnd {
    /// A delta, on a bare node and on one that has its base.
    @Suite(.serialized) struct DeltaTests {
        private static let delta = "/root/delta.run"
        /// Of the delta alone.
        private static let more = "docker.io/kubeferry/delta:1"
        /// Of the base too.
        private static let known = "docker.io/kubeferry/busybox:1"

        @Test func aDeltaGoesOnWhereItsBaseIsAndNowhereElse() async throws {
            let files = try await TestBundle.shared.make()
            let node = try await TestNode.boot("d0", "10.77.0.65")
            try await node.carry(files)
            try await node.put(try await Self.make(files), Self.delta)
            let bare = try await node.tree()
            let install: [String] = [Self.delta] + node.masterCommand().dropFirst()

            try await node.refuses(
                .init(
                    command: install, category: .baseMissing, cause: "the bundle is a delta, and this node lacks",
                    fix: "bring the base first: Kubernetes 1.20.2, sequence "),
                unchanged: bare)

            // The base, up to its images. What is left of the work is the delta's.
            let killed = try await node.run(
                node.masterCommand(), environment: ["NODE_INSTALL_KILL_AT": "images:done"])
            try #require(killed.status == 137, "\(killed.standardOutput)\(killed.standardError)")
            try await aPieceThatLacksIsNamed(node, install)
            let plan = try await node.run(install + ["--dry-run"])
            #expect(plan.status == 0, "\(plan.standardError)")
            for line in ["keep /usr/local/bin/runc, which is the base's", "layers, which are the base's", Self.more] {
                #expect(plan.standardOutput.contains(line), "\(line): \(plan.standardOutput)")
            }
            try await node.install(install)
            try await node.waitUntilReady("d0")
            #expect(try await node.require("ctr", "-n", "k8s.io", "images", "ls", "-q").contains(Self.more))
            let again = try await node.run(install)
            #expect(again.status == 0 && again.standardOutput.contains("nothing was changed"), "\(again.standardError)")

            try await imagesAreLoadedOnARunningNode(node)
            let reset = try await node.run("node-install", "reset", "--yes")
            try #require(reset.status == 0, "\(reset.standardOutput)\(reset.standardError)")
            let left = FileTree.differences(
                bare, try await node.tree(), exceptions: FileTree.resetExceptions.map(\.prefix))
            #expect(left == [], "reset left files behind")
            // Nothing of the base is left either.
            try await node.expect(.baseMissing, install)
            try await node.remove()
        }

        /// The base with one more image, without what the base has.
        private static func make(_ base: TestBundle.Files) async throws -> FilePath {
            let trees = Testbed.directory.appending("base-bare/usr")
            try await TestBundle.shared.push("kubeferry/delta:1", [trees.appending("sbin")])
            let whole = try await TestBundle.shared.make("k8s-more", "--image", Self.more)
            let delta = TestBundle.folder.appending("delta.run")
            try await Testbed.require(
                [
                    TestBundle.bundler.string, "diff", base.run.string, whole.run.string, "--output", delta.string,
                    "--key", base.key.string, "--trusted-key", base.publicKey.string, "--progress", "none",
                ], timeout: 1800)
            let (small, large) = (try FileSystem.status(delta)?.size ?? 0, try FileSystem.status(whole.run)?.size ?? 0)
            #expect(small < large, "\(small) of \(large) bytes")
            return delta
        }

        private func aPieceThatLacksIsNamed(_ node: TestNode, _ install: [String]) async throws {
            let program = "/usr/local/bin/crictl"
            for (change, undo, words) in [
                ("mv \(program) /root/kept", "mv /root/kept \(program)", "\(program) is missing"),
                ("chmod 700 \(program)", "chmod 755 \(program)", "\(program) has another size or mode"),
                ("echo >>\(program)", "truncate -s -1 \(program)", "\(program) has another size or mode"),
                ("systemctl stop containerd", "systemctl start containerd", "containerd does not answer"),
            ] {
                try await node.require("sh", "-ec", change)
                let refused = try await node.run(install)
                #expect(refused.status == DiagnosticCategory.baseMissing.exitCode, "\(refused.standardError)")
                #expect(refused.standardError.contains(words), "\(refused.standardError)")
                try await node.require("sh", "-ec", undo)
            }
        }

        /// One image of the base goes, with its layer: the delta cannot bring it back, the base can.
        private func imagesAreLoadedOnARunningNode(_ node: TestNode) async throws {
            func images(_ bundle: String, _ command: String) -> [String] {
                [bundle, "images", command, "--trusted-key", "/root/release.pub"]
            }
            try await node.require(
                "sh", "-ec",
                """
                list() { ctr -n k8s.io images ls; }
                digest=$(list | awk '$1 == "\(Self.known)" {print $3}')
                test -n "$digest"
                ctr -n k8s.io images rm --sync $(list | awk -v d="$digest" '$3 == d {print $1}')
                """)
            try await node.expect(.stepFailed, images(Self.delta, "check"))
            let refused = try await node.run(images(Self.delta, "load"))
            #expect(refused.status == DiagnosticCategory.baseMissing.exitCode, "\(refused.standardError)")
            #expect(refused.standardError.contains("snapshot sha256:"), "\(refused.standardError)")
            #expect(refused.standardError.contains("bring the base first"), "\(refused.standardError)")
            try await node.install(images(TestNode.bundlePath, "load"))
            try await node.install(images(Self.delta, "load"))
            try await node.install(images(Self.delta, "check"))
        }
    }
}

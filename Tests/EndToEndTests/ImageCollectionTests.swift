import FoundationEssentials
import Host
import TestSupport
import Testing

extension EndToEnd {
    /// A disk so full that the kubelet makes room, by the images first. This kubelet hears of no pinned ones, so it is
    /// told not to.
    @Suite(.serialized, .enabled(if: RunSettings.isLong, "a whole installation: make test-long"))
    struct ImageCollectionTests {
        private static let store = "/var/lib/containerd"
        private static let kubelet = "/var/lib/kubelet/config.yaml"
        /// Of the bundle, and of no pod of Kubernetes' own.
        private static let unused = "docker.io/kubeferry/busybox:1"

        @Test func imagesOfTheBundleStayOnAFullDisk() async throws {
            let files = try await TestBundle.shared.atDefaultLevel()
            let node = try await TestNode.boot("g0", "10.77.0.80")
            try await node.carry(files)
            try await node.require("mkdir", "-p", Self.store)
            try await node.require("mount", "-t", "tmpfs", "-o", "size=3g", "images", Self.store)
            try await node.install(node.masterCommand())
            try await node.waitUntilReady("g0")

            try await leave(4, node)
            // The kubelet has seen it, and looks every ten seconds whether it has to do something.
            try await sees(node, lessThan: 5)
            try await Task.sleep(for: .seconds(30))
            try await node.require(TestNode.bundlePath, "images", "check", "--trusted-key", "/root/release.pub")
            let run = try await node.kubectl(
                "run", "still-here", "--image", Self.unused, "--image-pull-policy=Never", "--restart=Never",
                "--overrides", #"{"spec": {"tolerations": [{"operator": "Exists"}]}}"#, "--command", "--", "true")
            try #require(run.status == 0, "\(run.standardError)")
            try await node.eventually("the pod's end") {
                try await node.kubectl("get", "pod", "still-here", "-o", "jsonpath={.status.phase}").standardOutput
                    == "Succeeded"
            }
            _ = try await node.kubectl("delete", "pod", "still-here")

            // The same disk, and a kubelet as it would be else: it takes what no pod needs, pinned or not.
            try await node.require(
                "sed", "-i", #"s/^  memory.available:.*/&\n  imagefs.available: 15%/"#, Self.kubelet)
            try await node.require("grep", "imagefs.available", Self.kubelet)
            try await node.require("systemctl", "restart", "kubelet")
            try await node.eventually("the end of an unused image") {
                try await !node.require("ctr", "-n", "k8s.io", "images", "ls", "-q").contains(Self.unused)
            }

            // What is lost comes back by the same file.
            try await node.require("sed", "-i", "/imagefs.available/d", Self.kubelet)
            try await node.require("systemctl", "restart", "kubelet")
            try await node.require("mount", "-o", "remount,size=3g", Self.store)
            try await node.require(TestNode.bundlePath, "images", "load", "--trusted-key", "/root/release.pub")
            try await node.require(TestNode.bundlePath, "images", "check", "--trusted-key", "/root/release.pub")
            try await node.remove()
        }

        /// Shrinks the file system to what is used and so much of its new size.
        private func leave(_ percent: Int, _ node: TestNode) async throws {
            try await node.require(
                "sh", "-c",
                """
                mount -o "remount,size=$(($(stat -f -c '(%b - %f) * %S' \(Self.store)) * 100 / (100 - \(percent))))" \
                \(Self.store)
                """)
        }

        private struct Summary: Decodable {
            struct Node: Decodable {
                struct Runtime: Decodable {
                    struct Disk: Decodable {
                        let availableBytes: Int
                        let capacityBytes: Int
                    }
                    let imageFs: Disk
                }
                let runtime: Runtime
            }
            let node: Node
        }

        private func sees(_ node: TestNode, lessThan percent: Int) async throws {
            try await node.eventually("a full disk in the kubelet's own eyes") {
                let text = try await node.kubectl("get", "--raw", "/api/v1/nodes/\(node.name)/proxy/stats/summary")
                guard let disk = try? JSONDecoder().decode(Summary.self, from: Data(text.standardOutput.utf8)) else {
                    return false
                }
                let images = disk.node.runtime.imageFs
                return images.availableBytes * 100 < images.capacityBytes * percent
            }
        }
    }
}

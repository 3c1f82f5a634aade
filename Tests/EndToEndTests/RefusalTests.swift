import BundleModel
import Host
import SystemPackage
import Testing

extension EndToEnd {
    /// What a node is refused for: the documented exit code, a cause and a fix, and not a file changed.
    @Suite(.serialized) struct RefusalTests {
        @Test func aNodeThatCannotBeInstalledIsLeftAsItWas() async throws {
            let node = try await bareNode()
            let bare = try await node.tree()

            try await node.refuses(
                .init(
                    command: ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] + node.masterCommand(),
                    category: .notRoot, cause: "runs as user 65534", fix: "run it with sudo"),
                unchanged: bare)
            // A socket unit listens for real, and needs no program of its own.
            for (port, command) in [(6443, node.masterCommand()), (10250, node.workerCommand("--preflight-only"))] {
                try await node.refuses(
                    .init(
                        command: command, category: .preflightFailed, cause: "port \(port) is taken by systemd",
                        fix: "stop it, or install on a clean node"),
                    unchanged: bare,
                    prepare: "systemd-run -q --unit=taken --socket-property=ListenStream=\(port) true",
                    undo: "systemctl stop taken.socket")
            }
            try await node.refuses(
                .init(
                    command: node.masterCommand(), category: .foreignState,
                    cause: "/etc/kubernetes/admin.conf exists: this node belongs to a cluster", fix: "kubeadm reset"),
                unchanged: bare, prepare: "mkdir /etc/kubernetes && touch /etc/kubernetes/admin.conf",
                undo: "rm -r /etc/kubernetes")
            try await node.refuses(
                .init(
                    command: node.masterCommand("--node-ip", "node.example"), category: .invalidInput,
                    cause: "--node-ip 'node.example'", fix: "expected a numeric IPv4 address, not a host name"),
                unchanged: bare)
            try await node.refuses(
                .init(
                    command: node.masterCommand("--join", "@/root/invite"), category: .invalidInput,
                    cause: "--join '@/root/invite'", fix: "expected --role worker"),
                unchanged: bare)
            try await node.refuses(
                .init(
                    command: node.masterCommand("--node-ip", "10.77.0.199"), category: .preflightFailed,
                    cause: "10.77.0.199 is not an address of this node; it has \(node.address) (eth0)",
                    fix: "give one of them"),
                unchanged: bare)
            try await node.remove()
        }

        @Test func anotherContainerRuntimeIsLeftAsItWas() async throws {
            let node = try await bareNode()
            // The distribution's own containerd, with its state where no tree is compared.
            try await node.put("/usr/bin/containerd", "/usr/local/sbin/containerd")
            try await node.write(
                "version = 2\ndisabled_plugins = [\"io.containerd.internal.v1.opt\", \"io.containerd.grpc.v1.cri\"]\n",
                to: "/etc/foreign.toml")
            let bare = try await node.tree()
            try await node.refuses(
                .init(
                    command: node.masterCommand(), category: .foreignState,
                    cause: "another container runtime runs on this node: /usr/local/sbin/containerd",
                    fix: "stop it and remove its package"),
                unchanged: bare,
                prepare: """
                    systemd-run -q --unit=foreign --service-type=notify /usr/local/sbin/containerd \
                        --config /etc/foreign.toml --root /run/foreign/root --state /run/foreign/state \
                        --address /run/foreign/containerd.sock
                    """,
                undo: "systemctl stop foreign")
            try await node.remove()
        }

        @Test func aNodeWithoutRoomIsLeftAsItWas() async throws {
            let node = try await bareNode()
            let bare = try await node.tree()
            for folder in ["/var/lib/containerd", "/var/lib/node-install"] {
                try await node.refuses(
                    .init(
                        command: node.masterCommand(), category: .noSpace, cause: "bytes free for \(folder), expected",
                        fix: "bytes there"),
                    unchanged: bare, prepare: "mkdir \(folder); mount -t tmpfs -o size=1m none \(folder)",
                    // rmdir fails on a folder that is not empty: nothing was written below the mount point either.
                    undo: "test -z \"$(ls -A \(folder))\"; umount \(folder); rmdir \(folder)")
            }
            try await node.remove()
        }

        private func bareNode() async throws -> TestNode {
            let files = try await TestBundle.shared.make()
            let node = try await TestNode.boot("r0", "10.77.0.60")
            try await node.carry(files)
            // A user who is not root may start the program, and is told what it needs.
            try await node.require("chmod", "711", "/root")
            return node
        }
    }
}

import BundleBuild
import BundleModel
import FoundationEssentials
import Host
import SystemPackage
import TestSupport
import Testing

/// A machine on which `unshare` is refused, as in many containers; everything else is real.
private struct NoNamespaces: ProcessRunner {
    func run(_ command: Command) async throws -> CommandResult {
        if command.executable == "unshare" {
            return CommandResult(status: 1, standardError: "unshare: unshare failed: Operation not permitted")
        }
        return try await SystemProcessRunner().run(command)
    }
}

struct KubeadmImageListerTests {
    @Test func listedProgramRunsWithNoNetworkAtAll() async throws {
        let folder = try ScratchFolder()
        let program = folder.path.appending("kubeadm")
        let script = """
            #!/bin/sh
            [ "$*" = "config images list --kubernetes-version v1.20.2" ] || exit 2
            echo "k8s.gcr.io/pause:3.2"
            echo "k8s.gcr.io/links:$(ls /sys/class/net 2>/dev/null | wc -l)" >&2
            echo "example.org/interfaces:$(tail -n +3 /proc/net/dev | grep -vc 'lo:')"
            """
        try AtomicFile.write(Array(script.utf8), to: program, mode: 0o755)
        let images = try await KubeadmImageLister(runner: SystemProcessRunner())
            .list(kubeadm: program, version: SemanticVersion(1, 20, 2)).images
        #expect(images.map(\.description) == ["k8s.gcr.io/pause:3.2", "example.org/interfaces:0"])
    }

    @Test func withoutNamespacesProxiesThatNobodyAnswersAtKeepItIn() async throws {
        let folder = try ScratchFolder()
        let program = folder.path.appending("kubeadm")
        let script = """
            #!/bin/sh
            [ "$http_proxy $HTTPS_PROXY$no_proxy" = "http://127.0.0.1:9 http://127.0.0.1:9" ] || exit 2
            echo "k8s.gcr.io/pause:3.2"
            """
        try AtomicFile.write(Array(script.utf8), to: program, mode: 0o755)
        let (images, note) = try await KubeadmImageLister(runner: NoNamespaces())
            .list(kubeadm: program, version: SemanticVersion(1, 20, 2))
        #expect(images.map(\.description) == ["k8s.gcr.io/pause:3.2"])
        #expect(try #require(note).contains("kubeadm ran with proxies alone"))
    }

    @Test(arguments: ["", "\n \n", "W1121 could not fetch a version\n"])
    func anythingButImagesIsRefused(output: String) {
        #expect(throws: BundleBuildError.self) { try KubeadmImageLister.parse(output) }
    }

    @Test func mismatchNamesBothSides() throws {
        let version = SemanticVersion(1, 20, 2)
        let matrix = [try ImageReference("k8s.gcr.io/pause:3.2"), try ImageReference("k8s.gcr.io/etcd:3.4.13-0")]
        let kubeadm = [try ImageReference("k8s.gcr.io/etcd:3.4.3-0"), try ImageReference("k8s.gcr.io/pause:3.2")]
        try KubeadmImageLister.crossCheck(matrix.reversed(), matrix: matrix, kubernetes: version)
        let error = #expect(throws: BundleBuildError.self) {
            try KubeadmImageLister.crossCheck(kubeadm, matrix: matrix, kubernetes: version)
        }
        #expect(error?.message.contains("etcd:3.4.3-0") == true)
        #expect(error?.message.contains("etcd:3.4.13-0") == true)
        #expect(error?.message.contains("pause") == false)
    }
}

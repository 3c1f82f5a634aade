import BundleBuild
import BundleModel
import Fetch
import Host
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

#if canImport(Glibc)
    import Glibc
#endif

/// A make with all that a bundle may have (a chart, host packages, a signer), which gets its SIGINT in a chosen stage.
///
/// Each stage is held up until the signal has come: the server stops in the middle of an answer, a program that is run
/// sleeps, or nobody reads the progress that is written. Nothing depends on how fast the machine is.
struct InterruptBench {
    static var toolsArePresent: Bool {
        ["python3", "dpkg-deb", "dpkg-scanpackages", "openssl"].allSatisfy { access("/usr/bin/\($0)", X_OK) == 0 }
    }

    static let environment = ["SOURCE_DATE_EPOCH": "1700000000"]
    /// What a make that has ended leaves.
    static let whole = ["k8s.run", "k8s.run.lock.json", "k8s.run.sha256", "k8s.run.sha256.sig"]

    private let bench: CommandBench

    init(_ bench: CommandBench) async throws {
        self.bench = bench
        for name in ["holds", "marks", "chart"] { try FileSystem.makeDirectories(bench.scratch.file(name)) }
        let key = try await bench.key()
        try await writeUpstream()
        try await writePackages()
        try write("name: hello\n", to: bench.scratch.file("chart").appending("Chart.yaml"))
        let request = """
            schemaVersion: 1
            kubernetes: v1.20.2
            charts:
              - name: hello
                path: chart

            """
        try write(request, to: bench.scratch.file("bundle.yaml"))
        let signer = """
            stage=sign
            case $1 in *.sha256) stage=seal ;; esac
            \(hold)
            exec openssl pkeyutl -sign -rawin -inkey \(key).key -in "$1"
            """
        try write("#!/bin/sh\n\(signer)\n", to: bench.scratch.file("signer"), mode: 0o755)
    }

    /// A program that takes a while to pack, and those that are run: kubeadm, and a stand-in for helm that proves
    /// nothing about charts.
    private func writeUpstream() async throws {
        let kubelet = try #require(bench.plan.artifact(named: "kubelet"))
        try await bench.upstream.replace(kubelet, program: SampleLayer.noise(3 << 20))
        let kubeadm = try #require(bench.plan.artifact(named: "kubeadm"))
        let list = "printf '%s\\n' \(UpstreamFolder.images.joined(separator: " "))"
        try await bench.upstream.replace(
            kubeadm, program: Array("#!/bin/sh\nstage=listImages\n\(hold)\n\(list)\n".utf8))
        let chart = PlannedChart(name: "hello", namespace: "default", path: bench.scratch.file("chart").string)
        let plan = try Resolver(matrix: VersionMatrix.embedded()).resolve(
            BuildRequest(kubernetes: SemanticVersion(1, 20, 2), charts: [chart]))
        let helm = try #require(plan.artifact(named: AddOnCatalog.helm))
        let place = try bench.upstream.location(of: helm, BuiltInSources.load().bases)
        try FileSystem.makeDirectories(place.removingLastComponent())
        let rendered = "printf 'kind: Role\\nmetadata:\\n  name: a\\n'"
        try await bench.upstream.replace(
            helm,
            members: ["linux-amd64/helm": Array("#!/bin/sh\nstage=charts\n\(hold)\n\(rendered)\n".utf8)])
    }

    /// A flat archive of empty packages with the names that a node needs.
    private func writePackages() async throws {
        let names = try #require(OSRelease.find("debian-12")).hostPackages
        let script = """
            set -e
            cd "$1"; shift
            for name; do
                mkdir -p tree/DEBIAN
                printf 'Package: %s\\nVersion: 1\\nArchitecture: amd64\\nMaintainer: N <n@example.org>\\n' "$name" \\
                    >tree/DEBIAN/control
                echo 'Description: a test' >>tree/DEBIAN/control
                dpkg-deb --root-owner-group -Zgzip -b tree "$name.deb" >/dev/null
                rm -r tree
            done
            dpkg-scanpackages --multiversion . >Packages
            """
        let folder = bench.upstream.path.appending("apt")
        try FileSystem.makeDirectories(folder)
        try await SystemProcessRunner().require(Command("sh", ["-c", script, "sh", folder.string] + names))
    }

    private func write(_ text: String, to path: FilePath, mode: UInt16 = 0o644) throws {
        try AtomicFile.write(Array(text.utf8), to: path, mode: mode)
    }

    /// What a script does that may have to wait in `$stage`.
    private var hold: String {
        let (holds, marks) = (bench.scratch.file("holds"), bench.scratch.file("marks"))
        return "if [ -e \(holds)/$stage ]; then : >\(marks)/$stage; sleep 30; fi"
    }

    /// - Parameter cache: the name of a folder of its own.
    func arguments(cache: String) throws -> [String] {
        let scratch = bench.scratch
        return try [
            "make", "--file", scratch.file("bundle.yaml").string, "--os", "debian-12", "--apt-source",
            "deb [trusted=yes] \(bench.server.url)/apt ./", "--signer", scratch.file("signer").string, "--signer-key",
            "\(scratch.file("key")).pub", "--bundle-only", "--compression-level", "1", "--progress", "json", "--output",
            bench.output.appending("k8s.run").string,
        ] + bench.sources + ["--cache", scratch.file(cache).string]
    }

    /// A make that is let go on to its end.
    func run(cache: String) async throws -> CommandResult {
        try await bench.run(arguments(cache: cache), environment: Self.environment)
    }

    /// A make that gets SIGINT in a stage.
    func interrupt(_ stage: Stage, cache: String) async throws -> CommandResult {
        let mark = bench.scratch.file("marks").appending(stage.rawValue)
        let held = bench.scratch.file("holds").appending(stage.rawValue)
        if let stalled = stage.stalled {
            let upstream = bench.upstream
            bench.setFault { path in
                guard stalled.hasSuffix("/") ? path.contains(stalled) : path.hasSuffix(stalled) else { return nil }
                try? AtomicFile.write([UInt8](), to: mark)
                var reply = upstream.reply(path)
                reply.stallAfter = 1
                return reply
            }
        } else if stage.task == nil {
            try AtomicFile.write([UInt8](), to: held)
        }
        let result = try await SystemProcessRunner().run(
            Command(
                "python3",
                ["-c", Self.script, stage.task ?? mark.string, CommandBench.bundler] + arguments(cache: cache),
                environment: Self.environment, timeout: 300))
        bench.setFault(nil)
        try FileSystem.remove(held)
        return result
    }

    /// Removes what makes have left beside each other.
    func clear() throws {
        for name in try bench.left() { try FileSystem.remove(bench.output.appending(name)) }
    }

    /// Runs a program and sends it SIGINT once: when a file is there, or when it has written a text. Its stderr is a
    /// pipe that holds one write at a time, so that the program waits with the second one after that text; from the
    /// signal on the pipe is read slowly.
    private static let script = """
        import fcntl, os, select, signal, subprocess, sys, time
        place, *command = sys.argv[1:]
        reader, writer = os.pipe2(os.O_CLOEXEC | os.O_DIRECT)
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
        child = subprocess.Popen(command, stderr=writer)
        os.close(writer)
        text, is_sent = '', False
        while True:
            ready = select.select([reader], [], [], 0.02)[0]
            if not is_sent and (os.path.exists(place) if place.startswith('/') else place in text):
                child.send_signal(signal.SIGINT)
                is_sent = True
            if not ready: continue
            if is_sent: time.sleep(0.1)
            piece = os.read(reader, 4096)
            if not piece: break
            text += piece.decode()
        sys.stderr.write(text)
        status = child.wait()
        sys.exit(status if is_sent else 'never came to ' + place)
        """
}

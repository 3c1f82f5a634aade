import FoundationEssentials
public import Host
public import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// A real containerd with its own root, state and socket, in a mount namespace of its own: with its last process
/// everything that it mounted is gone, however the test ends.
public actor ContainerdInstance {
    public nonisolated let version: ContainerdVersion
    /// Everything of it: `root`, `state`, `log`, and `images` for what tests build.
    public nonisolated let folder: FilePath
    private var leash: Leash?
    private var daemon: Task<Void, any Error>?
    /// containerd itself, while it runs.
    public private(set) var pid: Int32 = 0
    /// When it held nothing, in seconds since 1970: what is loaded was loaded later.
    private(set) var emptySince = Int64(Date().timeIntervalSince1970)
    private let hasCRI: Bool
    private let runner = SystemProcessRunner()

    public nonisolated var socket: FilePath { folder.appending("c.sock") }

    private init(_ version: ContainerdVersion, folder: FilePath, hasCRI: Bool) {
        self.version = version
        self.folder = folder
        self.hasCRI = hasCRI
    }

    /// Starts one. Whoever gets it must `stop` it.
    ///
    /// - Parameter hasCRI: CRI makes records of images of its own, and marks those that are there.
    public static func start(_ version: ContainerdVersion, hasCRI: Bool = true) async throws -> ContainerdInstance {
        let instance = ContainerdInstance(version, folder: try InstancePlace.make(), hasCRI: hasCRI)
        do {
            try await instance.begin()
        } catch {
            try? await instance.stop()
            throw error
        }
        return instance
    }

    /// Ends it and starts it again on the same data.
    ///
    /// - Parameter kill: with SIGKILL, which gives it no moment to finish anything.
    public func restart(kill: Bool = false) async throws {
        await end(kill ? SIGKILL : SIGTERM)
        try await begin()
    }

    /// Ends it and removes its folder.
    public func stop() async throws {
        await end(SIGTERM)
        // Names below may be longer than a path may be: `rm` goes folder by folder.
        try await runner.require(Command("rm", ["-rf", "--one-file-system", folder.string], timeout: 300))
    }

    /// Runs any program in the instance's mount namespace.
    public func inside(_ executable: String, _ arguments: String...) async throws -> CommandResult {
        try await runner.require(
            Command("nsenter", ["--mount=/proc/\(pid)/ns/mnt", "--", executable] + arguments, timeout: 60))
    }

    /// Runs `ctr` of the same version in namespace `k8s.io` and returns however it ended.
    public func ctr(
        _ arguments: [String], input: Command.Input = .none, timeout: Int = 600
    ) async throws -> CommandResult {
        try await runner.run(
            Command(
                version.binaries.appending("ctr").string,
                ["--address", socket.string, "--namespace", "k8s.io"] + arguments,
                input: input, timeout: timeout))
    }

    /// As `ctr`, and any status but 0 is an error. Returns its output.
    @discardableResult
    public func require(_ arguments: String...) async throws -> String {
        let result = try await ctr(arguments)
        guard result.status == 0 else {
            throw HostError.failed(
                command: "\(version): ctr \(arguments.joined(separator: " "))", status: result.status,
                output: result.ending)
        }
        return result.standardOutput
    }

    func startAnew() {
        emptySince = Int64(Date().timeIntervalSince1970)
    }

    private func begin() async throws {
        // A unix socket's path has at most 107 bytes.
        guard socket.string.utf8.count < 108 else {
            throw HostError.system("listen on", path: socket.string, errno: ENAMETOOLONG)
        }
        let config = folder.appending("config.toml")
        let text = ContainerdConfiguration.text(version, folder: folder, socket: socket, hasCRI: hasCRI)
        try AtomicFile.write(Array(text.utf8), to: config)
        try FileSystem.remove(folder.appending("pid"))
        // containerd ends with the shell's input, and that with this process: a crash leaves nothing running.
        let script = """
            exec 3<&0
            "$1/containerd" --config "$2/config.toml" >>"$2/log" 2>&1 </dev/null 3<&- &
            daemon=$!
            echo $daemon >"$2/pid.new" && mv "$2/pid.new" "$2/pid"
            (read -r _ <&3; [ ! -e "$2/pid" ] || kill -KILL $daemon) &
            exec 3<&-
            wait $daemon
            rm -f "$2/pid"
            wait
            """
        let leash = Leash()
        self.leash = leash
        let command = Command(
            "unshare",
            ["--mount", "--propagation", "private", "sh", "-c", script, "sh", version.binaries.string, folder.string],
            input: .stream { _ in leash.hold() }, timeout: 86_400)
        daemon = Task { [runner] in _ = try await runner.run(command) }
        try await waitUntilItAnswers()
    }

    private func waitUntilItAnswers() async throws {
        // The limit only ends a start that would never succeed.
        for _ in 0..<600 {
            try await Task.sleep(for: .milliseconds(50))
            if pid == 0, let text = try FileSystem.text(folder.appending("pid")) {
                pid = Int32(text.filter(\.isNumber)) ?? 0
            }
            guard pid != 0, FileSystem.exists(socket) else { continue }
            if try await ctr(["version"], timeout: 10).status == 0 { return }
        }
        let log = try FileSystem.text(folder.appending("log")) ?? ""
        throw HostError.timedOut(command: "\(version)", seconds: 30, output: String(log.suffix(2000)))
    }

    private func end(_ signal: Int32) async {
        if pid != 0 {
            kill(pid, signal)
            for _ in 0..<200 where kill(pid, 0) == 0 { try? await Task.sleep(for: .milliseconds(50)) }
        }
        // Whatever is left ends now: the shell kills it once its input ends.
        leash?.letGo()
        _ = await daemon?.result
        try? FileSystem.remove(socket)
        (leash, daemon, pid) = (nil, nil, 0)
    }
}

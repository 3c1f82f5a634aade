public import BundleModel
import Fetch
import FoundationEssentials
public import Host
public import SystemPackage

/// Debian packages by this machine's own apt, in a state folder of its own: the machine's package state is neither
/// read nor changed. apt checks the archive's signed index; the digests of the lock are checked here.
public struct AptPackages: PackageProvider {
    /// Host tools that kubeadm, kubelet and kube-proxy call.
    public static let wanted = ["conntrack", "ebtables", "ethtool", "ipset", "iptables", "socat"]
    /// Each package says its own in its copyright file.
    public static let license = "LicenseRef-debian-copyright"
    /// Codenames of `OSRelease`s.
    static let codenames = ["debian-12": "bookworm"]

    private let folder: FilePath
    private let sourceLines: [String]
    private let runner: any ProcessRunner

    /// - Parameters:
    ///   - folder: for apt's lists and downloads; kept between runs.
    ///   - sourceLines: one-line apt sources (`deb [signed-by=…] URL SUITE COMPONENT`). Empty: those that this machine
    ///     itself uses for the release.
    public init(folder: FilePath, sourceLines: [String], runner: any ProcessRunner = SystemProcessRunner()) {
        // apt reads relative paths as relative to its own configuration.
        let here = FilePath(FileManager.default.currentDirectoryPath)
        self.folder = folder.isAbsolute ? folder : here.pushing(folder)
        self.sourceLines = sourceLines
        self.runner = runner
    }

    public var location: String {
        sourceLines.isEmpty ? "this machine's apt sources" : sourceLines.joined(separator: "; ")
    }

    public func obtain(
        _ wanted: [String], osRelease: String, architecture: CPUArchitecture, progress: any ProgressSink
    ) async throws -> [ObtainedPackage] {
        let apt = try await prepare(osRelease, architecture, progress)
        // What every system of the release has: required and essential packages with all they need.
        let base = Set(try await apt.closure(["?priority(required)", "?essential"]).map(\.name))
        let closure = try await apt.closure(wanted).filter { !base.contains($0.name) }
        return try await fetch(closure, apt, osRelease, progress)
    }

    public func obtain(
        _ entry: Artifact, osRelease: String, architecture: CPUArchitecture, progress: any ProgressSink
    ) async throws -> ObtainedPackage {
        let state = AptState(folder: state(osRelease, architecture), architecture: architecture, runner: runner)
        let kept = state.kept(entry.sha256)
        if let size = try await kept.size() {
            return ObtainedPackage(
                name: entry.name, version: entry.version,
                file: ObtainedArtifact(
                    path: kept.path, size: size, sha256: entry.sha256, proof: entry.proof, source: entry.source))
        }
        let apt = try await prepare(osRelease, architecture, progress)
        let package = try await fetch([(entry.name, entry.version)], apt, osRelease, progress).first
        guard let package else {
            throw BundleBuildError.missing("\(entry.name) \(entry.version)", lookedIn: "the package index")
        }
        guard package.file.sha256 == entry.sha256 else {
            throw BundleBuildError.wrongChecksum(
                "\(entry.name) \(entry.version)", expected: entry.sha256, actual: package.file.sha256)
        }
        return package
    }

    private func state(_ osRelease: String, _ architecture: CPUArchitecture) -> FilePath {
        folder.appending("\(osRelease)-\(architecture.rawValue)")
    }

    private func prepare(
        _ osRelease: String, _ architecture: CPUArchitecture, _ progress: any ProgressSink
    ) async throws -> AptState {
        let apt = AptState(folder: state(osRelease, architecture), architecture: architecture, runner: runner)
        let lines = sourceLines.isEmpty ? try await machineSources(osRelease) : sourceLines
        let task = "package lists of \(osRelease)"
        progress.report(ProgressEvent(kind: .started, task: task))
        try await apt.update(lines)
        progress.report(ProgressEvent(kind: .finished, task: task))
        return apt
    }

    private func fetch(
        _ packages: [(name: String, version: String)], _ apt: AptState, _ osRelease: String,
        _ progress: any ProgressSink
    ) async throws -> [ObtainedPackage] {
        let task = "fetch packages of \(osRelease)"
        progress.report(ProgressEvent(kind: .started, task: task))
        let candidates = try await apt.candidates(packages)
        try await apt.download(candidates)
        let trusted = sourceLines.contains { $0.contains("trusted=yes") }
        let obtained = try candidates.map { candidate in
            let path = apt.kept(candidate.sha256).path
            let size = try FileSystem.status(path)?.size ?? 0
            let proof = UpstreamProof(kind: trusted ? .packageIndex : .signedPackageIndex, source: candidate.url)
            return ObtainedPackage(
                name: candidate.name, version: candidate.version,
                file: ObtainedArtifact(
                    path: path, size: size, sha256: candidate.sha256, proof: proof, source: candidate.url))
        }
        let total = obtained.reduce(UInt64(0)) { $0 + $1.file.size }
        progress.report(ProgressEvent(kind: .finished, task: task, done: total))
        return obtained
    }

    /// The sources of this machine that serve the release.
    private func machineSources(_ osRelease: String) async throws -> [String] {
        let codename = Self.codenames[osRelease] ?? osRelease
        let fields = "$(CODENAME)|$(SITE)|$(RELEASE)|$(COMPONENT)|$(SIGNED_BY)"
        let targets = try await runner.require(
            Command("apt-get", ["indextargets", "--format", fields, "Identifier: Packages"]))
        let lines = targets.standardOutput.split(separator: "\n").compactMap { line -> String? in
            let parts = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 5, parts[0] == codename || parts[0].hasPrefix("\(codename)-") else { return nil }
            let key = parts[4].hasPrefix("/") ? parts[4] : "/usr/share/keyrings/debian-archive-keyring.gpg"
            return "deb [signed-by=\(key)] \(parts[1]) \(parts[2]) \(parts[3])"
        }
        guard !lines.isEmpty else {
            throw BundleBuildError.missing(
                "an archive of \(osRelease)", lookedIn: "this machine's apt sources; name one with --apt-source")
        }
        return Set(lines).sorted()
    }
}

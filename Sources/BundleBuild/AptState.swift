import BundleModel
import Fetch
import Host
import Signing
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// apt with lists, status and cache in a folder of its own, for one release and architecture.
struct AptState: Sendable {
    let folder: FilePath
    let architecture: CPUArchitecture
    let runner: any ProcessRunner

    /// Writes the sources and fetches their lists; apt refuses an index whose signature it cannot check.
    ///
    /// - Throws: `FetchError.unreachable`, `.badAnswer`, `HostError`.
    func update(_ sourceLines: [String]) async throws {
        for name in ["lists/partial", "cache/archives/partial", "parts", "debs", "download"] {
            try FileSystem.makeDirectories(folder.pushing(FilePath(name)))
        }
        try AtomicFile.write([], to: folder.appending("status"))
        try AtomicFile.write(Array((sourceLines.joined(separator: "\n") + "\n").utf8), to: sources)
        try await online(apt(["update", "--error-on=any"], timeout: 600), from: sourceLines.joined(separator: ", "))
    }

    /// The packages that a new system would get for these, dependencies first.
    func closure(_ wanted: [String]) async throws -> [(name: String, version: String)] {
        let result = try await offline(
            apt(["install", "--simulate", "--no-install-recommends"] + wanted), looksFor: wanted)
        // Inst libmnl0 (1.0.4-3 Debian:12.5/stable [amd64])
        return result.standardOutput.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count > 2, words[0] == "Inst", words[2].hasPrefix("(") else { return nil }
            let name = words[1].split(separator: ":").first ?? words[1]
            return (String(name), String(words[2].dropFirst()))
        }
    }

    /// A package as the archive's index names it.
    struct Candidate: Sendable {
        var name: String
        var version: String
        var url: String
        /// The name that apt-get gives the downloaded file.
        var fileName: String
        var sha256: SHA256Digest
    }

    /// What the index says of exact versions.
    func candidates(_ packages: [(name: String, version: String)]) async throws -> [Candidate] {
        var candidates: [Candidate] = []
        let names = packages.map { "\($0.name)=\($0.version)" }
        let printed = try await offline(
            apt(["-o", "Acquire::ForceHash=SHA256", "download", "--print-uris"] + names), looksFor: names)
        // 'http://…/iptables_1.8.9-2_amd64.deb' iptables_1.8.9-2_amd64.deb 360248 SHA256:…
        for line in printed.standardOutput.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 4, words[0].hasPrefix("'"), words[3].hasPrefix("SHA256:") else { continue }
            let name = String(words[1].split(separator: "_").first ?? "")
            guard let package = packages.first(where: { $0.name == name }) else { continue }
            candidates.append(
                Candidate(
                    name: name, version: package.version, url: words[0].filter { $0 != "'" },
                    fileName: String(words[1]), sha256: try SHA256Digest(hex: words[3].dropFirst(7))))
        }
        let found = Set(candidates.map(\.name))
        let missing = packages.map(\.name).filter { !found.contains($0) }
        guard missing.isEmpty else {
            throw BundleBuildError.missing(missing.joined(separator: ", "), lookedIn: "the package index")
        }
        return candidates
    }

    /// Fetches what is not kept yet, in one call.
    func download(_ candidates: [Candidate]) async throws {
        var wanted: [Candidate] = []
        for candidate in candidates {
            if try await kept(candidate.sha256).size() == nil { wanted.append(candidate) }
        }
        guard !wanted.isEmpty else { return }
        let target = folder.appending("download")
        for old in try FileSystem.list(target) { try FileSystem.remove(target.appending(old)) }
        let command = apt(["download"] + wanted.map { "\($0.name)=\($0.version)" }, timeout: 1800)
        // apt-get writes to its current folder and has no option for another.
        try await online(
            Command(
                "sh", ["-c", "cd \"$1\" && shift && exec apt-get \"$@\"", "sh", target.string] + command.arguments,
                environment: command.environment, timeout: command.timeout),
            from: wanted.map(\.url).joined(separator: ", "))
        for candidate in wanted {
            let path = target.appending(candidate.fileName)
            let actual = try await BlockingPool.shared.run { try SHA256Hasher.hash(file: path) }
            guard actual == candidate.sha256 else {
                throw BundleBuildError.wrongChecksum(candidate.url, expected: candidate.sha256, actual: actual)
            }
            guard rename(path.string, kept(candidate.sha256).path.string) == 0 else {
                throw HostError.system("rename", path: path.string, errno: errno)
            }
        }
    }

    /// Where a package is kept.
    func kept(_ digest: SHA256Digest) -> KeptFile {
        KeptFile(folder.appending("debs").appending("\(digest.hex).deb"), digest: digest)
    }

    private var sources: FilePath { folder.appending("sources.list") }

    private func apt(_ arguments: [String], timeout: Int = 120) -> Command {
        let options = [
            "Dir::Etc::SourceList=\(sources)", "Dir::Etc::SourceParts=\(folder)/parts",
            "Dir::Etc::Preferences=\(folder)/none", "Dir::Etc::PreferencesParts=\(folder)/parts",
            "Dir::State::Lists=\(folder)/lists", "Dir::State::Status=\(folder)/status", "Dir::Cache=\(folder)/cache",
            "APT::Sandbox::User=root", "APT::Architecture=\(architecture.rawValue)",
            "APT::Architectures=\(architecture.rawValue)", "Acquire::Languages=none", "Acquire::Retries=3",
        ]
        return Command(
            "apt-get", ["-q"] + options.flatMap { ["-o", $0] } + arguments,
            environment: ["DEBIAN_FRONTEND": "noninteractive"], timeout: timeout)
    }
}

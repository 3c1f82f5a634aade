import Archive
public import BundleModel
public import Fetch
import FoundationEssentials
public import Host
public import SystemPackage

/// Debian packages from their archives: signed indexes, the closure of what is needed, checked files. No apt is called,
/// and nothing of this machine's packages is read: any release can be had on any machine.
public struct AptPackages: PackageProvider {
    /// Each package says its own in its copyright file.
    public static let license = "LicenseRef-debian-copyright"

    /// Each has two files open, whether it has a connection or waits for one, and a process may have 1024.
    private static let filesAtOnce = 32

    private let downloads: AptDownloads
    private let folder: FilePath
    private let options: AptOptions
    /// Empty: this machine's own.
    private let sources: [AptSource]
    private let pins: [String: String]
    private let machine: MachineApt
    private let runner: any ProcessRunner
    private let clock: any WallClock
    /// For locked packages whose own archive has them no more: often all of them.
    private let offers = SharedWork<String, (index: PackageIndex, origins: [AptArchive.Index])>(keepsValues: true)

    /// - Parameters:
    ///   - folder: for what gpgv reads; nothing stays there.
    /// - Throws: `BundleBuildError.badOption`, `.unreadable`, `HostError`.
    public init(
        cache: ArtifactCache, folder: FilePath, options: AptOptions, runner: any ProcessRunner = SystemProcessRunner(),
        clock: any WallClock = SystemWallClock()
    ) throws {
        try self.init(
            cache: cache, folder: folder, options: options, machine: MachineApt(), runner: runner, clock: clock)
    }

    init(
        cache: ArtifactCache, folder: FilePath, options: AptOptions, machine: MachineApt, runner: any ProcessRunner,
        clock: any WallClock
    ) throws {
        downloads = AptDownloads(cache: cache)
        self.folder = Self.absolute(folder)
        self.options = options
        sources = try options.parsedSources()
        pins = try options.pins()
        self.machine = machine
        self.runner = runner
        self.clock = clock
    }

    public var location: String {
        sources.isEmpty ? "this machine's apt sources" : sources.map(\.text).joined(separator: "; ")
    }

    public func obtain(
        _ wanted: [String], osRelease: String, architecture: CPUArchitecture, progress: any ProgressSink
    ) async throws -> [ObtainedPackage] {
        let (index, origins) = try await read(osRelease, architecture, progress)
        let names = wanted + options.names
        let chosen = try await BlockingPool.shared.run { () throws -> [PackageRecord] in
            let base = try PackageClosure.minimalInstall(index)
            return try InstallOrder.arrange(PackageClosure.resolve(names, in: index, beside: base)).map(\.package)
        }
        let task = "fetch packages of \(osRelease)"
        progress.report(ProgressEvent(kind: .started, task: task))
        let obtained = try await fetch(chosen, origins)
        let total = obtained.reduce(UInt64(0)) { $0 + $1.file.size }
        progress.report(ProgressEvent(kind: .finished, task: task, done: total))
        return obtained
    }

    public func obtain(
        _ entry: Artifact, osRelease: String, architecture: CPUArchitecture, progress: any ProgressSink
    ) async throws -> ObtainedPackage {
        let file: CachedArtifact
        do {
            file = try await downloads.fetch(
                [entry.source], name: entry.name, size: entry.size, sha256: entry.sha256, proof: entry.proof)
        } catch let error as FetchError where isElsewhere(error) {
            // Archives drop what they have a newer version of; another one may keep it, or be nearer.
            file = try await fetchElsewhere(entry, osRelease, architecture, progress)
        }
        let deb = DebFile(path: file.path, source: entry.source)
        try await BlockingPool.shared.run {
            try deb.check(name: entry.name, version: entry.version, architecture: architecture.rawValue)
        }
        return ObtainedPackage(
            name: entry.name, version: entry.version,
            file: ObtainedArtifact(
                path: file.path, size: file.size, sha256: file.sha256, proof: entry.proof, source: entry.source))
    }

    /// All that the release's sources offer, and where each of their indexes is from.
    private func read(
        _ osRelease: String, _ architecture: CPUArchitecture, _ progress: any ProgressSink
    ) async throws -> (index: PackageIndex, origins: [AptArchive.Index]) {
        guard let release = OSRelease.find(osRelease) else {
            let known = OSRelease.all.map(\.id).joined(separator: ", ")
            throw BundleBuildError.missing("the release \(osRelease)", lookedIn: "the known ones: \(known)")
        }
        let architecture = architecture.rawValue
        let task = "package lists of \(osRelease)"
        progress.report(ProgressEvent(kind: .started, task: task))
        var origins: [AptArchive.Index] = []
        let offered = sources.isEmpty ? try machine.sources(of: release) : sources
        for source in offered where source.serves(release) && source.serves(architecture: architecture) {
            let archive = AptArchive(
                source: source, signature: try signature(for: source, release), downloads: downloads)
            origins += try await archive.indexes(of: release, architecture: architecture, now: clock.now)
        }
        guard !origins.isEmpty else {
            throw BundleBuildError.missing(
                "an archive of \(osRelease) for \(architecture)",
                lookedIn: sources.isEmpty ? "this machine's apt sources; name one with --apt-source" : location)
        }
        let found = origins
        let pins = pins
        let index = try await BlockingPool.shared.run { () throws -> PackageIndex in
            var index = PackageIndex(architecture: architecture, pins: pins)
            for (number, origin) in found.enumerated() {
                try AptArchive.reading(origin.url) {
                    let reader = ControlReader(
                        try CompressedFile(origin.path), place: origin.url, keeping: PackageRecord.fields)
                    try index.add(reader, place: origin.url, origin: number, priority: origin.priority)
                }
            }
            return index
        }
        progress.report(ProgressEvent(kind: .finished, task: task))
        return (index, origins)
    }

    /// Nil for a source that needs none.
    private func signature(for source: AptSource, _ release: OSRelease) throws -> ArchiveSignature? {
        if source.isTrusted { return nil }
        var keyrings: [FilePath] = []
        var keys: [String] = []
        var fingerprints: Set<String> = []
        for key in source.keys {
            switch key {
            case .keyring(let path): keyrings.append(FilePath(path))
            case .armored(let text): keys.append(text)
            case .fingerprint(let text): fingerprints.insert(text)
            }
        }
        if keyrings.isEmpty, keys.isEmpty {
            keyrings = options.keyrings.map(Self.absolute)
            if keyrings.isEmpty { keyrings = try machine.keyrings(of: release, forOwnSource: sources.isEmpty) }
        }
        guard !keyrings.isEmpty || !keys.isEmpty else {
            throw BundleBuildError.missing(
                "a keyring of \(release.distribution)",
                lookedIn: "/usr/share/keyrings and /etc/apt/trusted.gpg.d; name one with --apt-keyring")
        }
        return ArchiveSignature(
            keyrings: keyrings, keys: keys, fingerprints: fingerprints, folder: folder, runner: runner)
    }

    private func fetch(_ packages: [PackageRecord], _ origins: [AptArchive.Index]) async throws -> [ObtainedPackage] {
        let files = try packages.map { package -> (package: PackageRecord, file: PackageRecord.File) in
            guard let file = package.file else {
                throw BundleBuildError.badPackage("\(package)", reason: "the index has no SHA-256 digest of it")
            }
            return (package, file)
        }
        return try await BoundedTasks.map(files, limit: Self.filesAtOnce) { entry in
            try await fetch(entry.package, entry.file, origins[entry.file.origin])
        }
    }

    private func fetch(
        _ package: PackageRecord, _ file: PackageRecord.File, _ origin: AptArchive.Index
    ) async throws -> ObtainedPackage {
        let parts = file.path.split(separator: "/").filter { $0 != "." }
        guard !parts.contains("..") else {
            throw BundleBuildError.badArchive(origin.url, reason: "\(package) is outside of it, at '\(file.path)'")
        }
        let url = ([origin.base] + parts.map(String.init)).joined(separator: "/")
        let kept = try await downloads.fetch(
            [url], name: package.name, size: file.size, sha256: file.sha256, proof: origin.proof)
        let deb = DebFile(path: kept.path, source: url)
        try await BlockingPool.shared.run { try deb.check(against: package) }
        return ObtainedPackage(
            name: package.name, version: package.version,
            file: ObtainedArtifact(
                path: kept.path, size: kept.size, sha256: kept.sha256, proof: origin.proof, source: url))
    }

    /// Whether another archive than the lock's is asked: where the lock's has it no more, and where the operator names one.
    private func isElsewhere(_ error: FetchError) -> Bool {
        if case .notFound = error { return true }
        return !sources.isEmpty && [.upstreamUnreachable, .upstreamRefused, .upstreamMismatch].contains(error.category)
    }

    /// A locked package from whatever source has its very bytes.
    private func fetchElsewhere(
        _ entry: Artifact, _ osRelease: String, _ architecture: CPUArchitecture, _ progress: any ProgressSink
    ) async throws -> CachedArtifact {
        let (index, origins) = try await offers.value(for: "\(osRelease) \(architecture)") {
            try await read(osRelease, architecture, progress)
        }
        guard let package = index.package(entry.name, where: { $0.sha256 == entry.sha256 }),
            let file = package.file
        else {
            throw BundleBuildError.missing(
                "\(entry.name) \(entry.version) (\(entry.sha256))", lookedIn: "\(entry.source) and in \(location)")
        }
        let found = try await fetch(package, file, origins[file.origin]).file
        return CachedArtifact(path: found.path, size: found.size, sha256: found.sha256, proof: found.proof)
    }

    /// gpgv takes a name without a slash for one in its own folder.
    private static func absolute(_ path: FilePath) -> FilePath {
        path.isAbsolute ? path : FilePath(FileManager.default.currentDirectoryPath).pushing(path)
    }
}

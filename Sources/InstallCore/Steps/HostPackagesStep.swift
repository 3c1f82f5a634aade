import BundleModel
import FoundationEssentials
import Host
import SystemPackage

/// Host tools that are missing, from the bundle's packages for this operating system. Nothing is forced or upgraded.
struct HostPackagesStep: Step {
    let name = "host-packages"

    /// `packages.json` of a packages pack: what to install, in one call of dpkg for each stage. Within one dpkg itself
    /// puts them in order.
    struct List: Codable, Hashable, Sendable {
        struct Package: Codable, Hashable, Sendable {
            var name: String
            var version: String
            /// The member's name in the pack.
            var file: String
            /// Nil for the first. What a package pre-depends on is in an earlier one.
            var stage: Int?
        }

        var packages: [Package]
    }

    /// Where a pack has packages that somebody asked for beside those of the tools.
    private static let extraFolder = "extra/"

    let isOptional = true

    func applies(to target: InstallTarget) -> Bool { !target.packs(.packages).isEmpty }

    /// Needed and useful tools that are missing and that some package of the bundle brings.
    private func missingTools(_ target: InstallTarget) -> Set<String> {
        let gatherer = FactGatherer(context: target.context)
        let missing = Set((NodeFacts.neededTools + NodeFacts.usefulTools).filter { !gatherer.hasTool($0) })
        let bundled = target.packs(.packages).flatMap(\.allMembers).reduce(into: Set<String>()) { tools, member in
            tools.formUnion(PackageTools.byPackage[PackageTools.packageName(member.path)] ?? [])
        }
        return missing.intersection(bundled)
    }

    /// The packages that were asked for and are not installed.
    private func missingExtras(_ target: InstallTarget) async throws -> [String] {
        var missing: [String] = []
        for member in target.packs(.packages).flatMap(\.allMembers) where member.path.hasPrefix(Self.extraFolder) {
            let name = PackageTools.packageName(member.path)
            let state = try await PackageState.of(name, runner: target.runner).state
            if state != .installed { missing.append(name) }
        }
        return missing
    }

    /// Packages that a delta leaves out and that are not installed. Where there is nothing to install, none is looked
    /// at.
    func missingFromBase(_ target: InstallTarget) async throws -> [String] {
        let omitted = target.packs(.packages).flatMap { $0.omitted ?? [] }
        guard !omitted.isEmpty, try await !plan(target).isEmpty else { return [] }
        var missing: [String] = []
        for name in omitted.map({ PackageTools.packageName($0.path) }) {
            let state = try await PackageState.of(name, runner: target.runner).state
            if state != .installed { missing.append("package \(name) is \(state.rawValue)") }
        }
        return missing
    }

    func plan(_ target: InstallTarget) async throws -> [String] {
        let missing = missingTools(target).sorted()
        let extras = try await missingExtras(target)
        let broken = try await unfinished(target).map(\.name)
        return (missing.isEmpty ? [] : ["install packages for missing tools: \(missing.joined(separator: ", "))"])
            + (extras.isEmpty ? [] : ["install further packages: \(extras.joined(separator: ", "))"])
            + (broken.isEmpty ? [] : ["finish packages: \(broken.joined(separator: ", "))"])
    }

    func apply(_ run: InstallRun) async throws {
        let target = run.target
        let broken = try await unfinished(target)
        let extras = try await missingExtras(target)
        if !missingTools(target).isEmpty || !extras.isEmpty || broken.contains(where: { $0.state == .halfInstalled }) {
            for pack in target.packs(.packages) { try await unpackAndInstall(pack, run) }
        }
        // What a killed run unpacked has its files, so that nothing seems to be missing.
        let names = try await unfinished(target).map(\.name)
        guard !names.isEmpty else { return }
        try await run.context.runner.require(
            Command("dpkg", ["--configure"] + names, environment: Self.quiet, timeout: 600))
    }

    private static let quiet = ["DEBIAN_FRONTEND": "noninteractive"]

    private func unpackAndInstall(_ pack: Pack, _ run: InstallRun) async throws {
        let folder = run.target.root.resolve(NodePaths.packages)
        try FileSystem.makeDirectories(folder, mode: 0o700)
        let extraction = PackExtraction(content: run.target.content, pack: pack, root: HostRoot(folder))
        let progress = run.context.progress
        try await BlockingPool.shared.run { try extraction.run(progress: progress) { _ in } }
        try await install(folder: NodePaths.packages, run)
        try await BlockingPool.shared.run {
            var tree = TreeRemoval(device: try TreeRemoval.device(of: folder))
            tree.remove(folder)
        }
    }

    /// Packages of this installation that dpkg began and did not finish.
    private func unfinished(_ target: InstallTarget) async throws -> [(name: String, state: PackageState)] {
        var names: [String] = []
        for case .packageInstalled(let name, _) in try JournalReader.entries(target.root).map(\.record)
        where !names.contains(name) { names.append(name) }
        var found: [(name: String, state: PackageState)] = []
        for name in names {
            let state = try await PackageState.of(name, runner: target.runner).state
            if state.isUnfinished { found.append((name, state)) }
        }
        return found
    }

    /// - Parameter folder: what a pack was unpacked to.
    func install(folder: String, _ run: InstallRun) async throws {
        let list = try CanonicalJSON.decode(
            List.self, from: Data(FileSystem.read(run.target.root.resolve("\(folder)/packages.json"))))
        let stages = Set(list.packages.map { $0.stage ?? 0 }).sorted()
        if stages.count > 1 { try await tryTogether(list.packages, folder: folder, run) }
        for stage in stages {
            let packages = list.packages.filter { ($0.stage ?? 0) == stage }
            try await install(packages, of: stage, folder: folder, run)
        }
    }

    /// Those that are not installed, with their files.
    private func lacking(
        _ packages: [List.Package], folder: String, _ run: InstallRun
    ) async throws -> [(package: List.Package, state: PackageState, file: String)] {
        var lacking: [(package: List.Package, state: PackageState, file: String)] = []
        for package in packages {
            let state = try await PackageState.of(package.name, runner: run.context.runner).state
            if state == .installed { continue }
            lacking.append((package, state, run.target.root.resolve("\(folder)/\(package.file)").string))
        }
        return lacking
    }

    /// Asks dpkg about all stages before the first one is installed. What the later ones need is not there yet, so that
    /// needs are passed over: what is found is what excludes each other.
    private func tryTogether(_ packages: [List.Package], folder: String, _ run: InstallRun) async throws {
        let files = try await lacking(packages, folder: folder, run).map(\.file)
        guard !files.isEmpty else { return }
        let trial = try await run.context.runner.run(
            Command("dpkg", ["--simulate", "--force-depends", "--install"] + files, environment: Self.quiet))
        guard trial.status == 0 else {
            throw InstallError.step(
                name: name,
                reason: "dpkg would refuse the packages, none of them was installed:\n\(trial.standardError)")
        }
    }

    private func install(_ packages: [List.Package], of stage: Int, folder: String, _ run: InstallRun) async throws {
        let runner = run.context.runner
        let lacking = try await lacking(packages, folder: folder, run)
        // What was there in part before, settings of a removed package for one, is not ours to purge.
        let ours = lacking.filter { $0.state == .notInstalled }.map(\.package)
        let files = lacking.map(\.file)
        guard !files.isEmpty else { return }
        let trial = try await runner.run(Command("dpkg", ["--simulate", "--install"] + files, environment: Self.quiet))
        guard trial.status == 0 else {
            // What is in a later stage can be tried only once the earlier ones are installed.
            let done = stage == 0 ? "nothing was installed" : "those of \(stage) earlier stages are installed"
            throw InstallError.step(
                name: name, reason: "dpkg would refuse the packages, \(done):\n\(trial.standardError)")
        }
        for package in ours {
            try run.journal.append(.packageInstalled(name: package.name, version: package.version))
        }
        try await runner.require(
            Command("dpkg", ["--install"] + files, environment: Self.quiet, timeout: 600))
    }

    func verify(_ target: InstallTarget) async throws -> String? {
        let missing = missingTools(target).sorted()
        if !missing.isEmpty { return "programs are missing: \(missing.joined(separator: ", "))" }
        let extras = try await missingExtras(target)
        if !extras.isEmpty { return "packages are missing: \(extras.joined(separator: ", "))" }
        let broken = try await unfinished(target).map { "\($0.name) (\($0.state.rawValue))" }
        return broken.isEmpty ? nil : "packages are not configured: \(broken.joined(separator: ", "))"
    }
}

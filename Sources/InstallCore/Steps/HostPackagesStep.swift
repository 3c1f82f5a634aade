import BundleModel
import FoundationEssentials
import Host

/// Host tools that are missing, from the bundle's packages for this operating system. Nothing is forced or upgraded.
struct HostPackagesStep: Step {
    let name = "host-packages"

    /// `packages.json` of a packages pack: what to install, dependencies first.
    struct List: Codable, Hashable, Sendable {
        struct Package: Codable, Hashable, Sendable {
            var name: String
            var version: String
            /// The member's name in the pack.
            var file: String
        }

        var packages: [Package]
    }

    let isOptional = true

    func applies(to target: InstallTarget) -> Bool { !target.packs(.packages).isEmpty }

    /// Needed and useful tools that are missing and that some package of the bundle brings.
    private func missingTools(_ target: InstallTarget) -> Set<String> {
        let gatherer = FactGatherer(context: target.context)
        let missing = Set((NodeFacts.neededTools + NodeFacts.usefulTools).filter { !gatherer.hasTool($0) })
        let bundled = target.packs(.packages).flatMap(\.members).reduce(into: Set<String>()) { tools, member in
            tools.formUnion(PackageTools.byPackage[PackageTools.packageName(member.path)] ?? [])
        }
        return missing.intersection(bundled)
    }

    func plan(_ target: InstallTarget) async throws -> [String] {
        let missing = missingTools(target).sorted()
        return missing.isEmpty ? [] : ["install packages for missing tools: \(missing.joined(separator: ", "))"]
    }

    func apply(_ run: InstallRun) async throws {
        let target = run.target
        guard !missingTools(target).isEmpty else { return }
        for pack in target.packs(.packages) {
            let folder = target.root.resolve(NodePaths.packages)
            try FileSystem.makeDirectories(folder, mode: 0o700)
            let extraction = PackExtraction(content: target.content, pack: pack, root: HostRoot(folder))
            let progress = run.context.progress
            try await BlockingPool.shared.run { try extraction.run(progress: progress) { _ in } }
            try await install(folder: NodePaths.packages, run)
            var tree = TreeRemoval(device: try TreeRemoval.device(of: folder))
            tree.remove(folder)
        }
    }

    private func install(folder: String, _ run: InstallRun) async throws {
        let runner = run.context.runner
        let list = try CanonicalJSON.decode(
            List.self, from: Data(FileSystem.read(run.target.root.resolve("\(folder)/packages.json"))))
        var files: [String] = []
        var wanted: [List.Package] = []
        for package in list.packages {
            let query = Command("dpkg-query", ["-W", "-f", "${Status}", package.name])
            if try await runner.run(query).standardOutput == "install ok installed" { continue }
            wanted.append(package)
            files.append("\(folder)/\(package.file)")
        }
        guard !files.isEmpty else { return }
        let quiet = ["DEBIAN_FRONTEND": "noninteractive"]
        let trial = try await runner.run(Command("dpkg", ["--simulate", "--install"] + files, environment: quiet))
        guard trial.status == 0 else {
            throw InstallError.step(
                name: name, reason: "dpkg would refuse the packages, nothing was installed:\n\(trial.standardError)")
        }
        for package in wanted {
            try run.journal.append(.packageInstalled(name: package.name, version: package.version))
        }
        try await runner.require(
            Command("dpkg", ["--install"] + files, environment: quiet, timeout: 600))
    }

    func verify(_ target: InstallTarget) async throws -> String? {
        let missing = missingTools(target).sorted()
        return missing.isEmpty ? nil : "programs are missing: \(missing.joined(separator: ", "))"
    }
}

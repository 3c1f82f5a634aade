import Archive
import BundleModel
import Host

/// This program itself, then every file of the bundle's `files` packs.
struct BinariesStep: Step {
    let name = "binaries"
    let boundaries = ["binaries:mid"]
    /// Where the programs of a pack go.
    static let folders = ["/usr/local/bin", NodePaths.cniBinaries]

    func plan(_ target: InstallTarget) async throws -> [String] {
        ["copy this program to \(NodePaths.executable)"]
            + target.packs(.files).flatMap { pack in
                pack.members.filter { $0.kind != .directory }.map { "write /\($0.path)" }
                    + (pack.omitted ?? []).map { "keep /\($0.path), which is the base's" }
            }
    }

    func apply(_ run: InstallRun) async throws {
        let target = run.target
        // First, so that reset works without the medium from here on.
        let (changes, content) = (run.changes, target.content)
        let isNew = try await BlockingPool.shared.run {
            try changes.write(content.executable(), to: NodePaths.executable, mode: 0o755)
        }
        if isNew, run.state.stepsStarted.contains(APIProxyStep().name) {
            // They run the one that was replaced.
            for unit in Self.units where try await changes.isActive(unit) {
                try await changes.start(unit, restart: true)
            }
        }
        for folder in Self.foldersOfNetwork(target.release.cni.kind) { try changes.claim(folder) }
        for pack in target.packs(.files) {
            try prepare(pack, run)
            try await unpack(pack, run)
        }
    }

    /// Folders and records first: extraction then changes nothing that the journal does not know.
    private func prepare(_ pack: Pack, _ run: InstallRun) throws {
        for member in pack.members {
            let path = "/\(member.path)"
            switch member.kind {
            case .directory: try run.changes.makeDirectory(path, mode: UInt16(member.mode))
            case .file: try run.changes.makeDirectories(above: path)
            case .symlink:
                guard let link = member.target else { continue }
                try run.changes.symlink(path, to: link)
            }
        }
    }

    private func unpack(_ pack: Pack, _ run: InstallRun) async throws {
        let digests = Dictionary(pack.members.map { ($0.path, $0) }) { $1 }
        let imagesFollow = !run.state.stepsDone.contains(ImagesStep().name)
        let extraction = PackExtraction(
            content: run.target.content, pack: pack, root: run.target.root, goesOn: imagesFollow)
        let changes = run.changes
        let half = pack.members.count / 2
        let progress = run.context.progress
        let context = run.context
        try await BlockingPool.shared.run {
            var count = 0
            try extraction.run(progress: progress) { path in
                guard let member = digests[path], let digest = member.sha256 else { return }
                try changes.willReplace("/\(path)", after: FileSnapshot(digest: digest, mode: UInt16(member.mode)))
                count += 1
                if count > half { context.boundary.reach("binaries:mid") }
            }
        }
    }

    func verify(_ target: InstallTarget) async throws -> String? {
        let head = try target.content.executableHead()
        let executable = Pack.Member(
            path: String(NodePaths.executable.dropFirst()), mode: 0o755, size: head.size, sha256: head.sha256)
        // The network puts its own versions of some plugins there.
        let isNetworks = !Self.foldersOfNetwork(target.release.cni.kind).isEmpty
        let members = target.packs(.files).flatMap(\.allMembers).filter { member in
            !isNetworks || !"/\(member.path)".hasPrefix("\(NodePaths.cniBinaries)/")
                || !FileSystem.exists(target.root.resolve("/\(member.path)"))
        }
        return try await PlacedFiles(members: [executable] + members, root: target.root).problems().first
    }

    /// What runs the program that is copied here.
    private static let units = [APIProxyStep.unit, JoinServiceStep.unit, PodNetworkStep.unit]

    /// Where a network that comes as manifests puts its files from its pods: its plugins beside ours, and its state.
    private static func foldersOfNetwork(_ kind: CNI.Kind) -> [String] {
        switch kind {
        case .bridge, .none: []
        case .calico: [NodePaths.cniBinaries, "/var/lib/calico"]
        case .cilium, .flannel: [NodePaths.cniBinaries]
        }
    }
}

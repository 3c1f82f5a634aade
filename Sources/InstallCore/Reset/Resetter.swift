import BundleModel
import FoundationEssentials
import Host
import SystemPackage

/// Takes an installation back by its journal. Works without the bundle, and again after an interruption.
public struct Resetter: Sendable {
    private let context: NodeContext

    public init(context: NodeContext) {
        self.context = context
    }

    /// What a reset did not take back, with reasons.
    public struct Report: Codable, Hashable, Sendable {
        public var schemaVersion = 1
        /// Faults.
        public var left: [LeftOver]
        /// Runtime facts that are named only.
        public var listed: [LeftOver]
    }

    /// - Throws: `InstallError.notInstalled`, `.busy`, `.undoIncomplete` with what was left.
    public func run() async throws -> Report {
        guard Journal.exists(context.root) else { throw InstallError.notInstalled }
        let journal = try await Journal(context.root, clock: context.clock)
        let state = JournalState(journal.entries)
        if !state.resetting { try journal.append(.resetStarted) }
        let run = ResetRun(cleaner: HostCleaner(context: context), journal: journal)
        for step in StepCatalog.all.reversed() {
            if state.stepsStarted.contains(step.name) {
                context.progress.report(ProgressEvent(kind: .started, task: "undo \(step.name)"))
                try await step.undo(run)
                context.progress.report(ProgressEvent(kind: .finished, task: "undo \(step.name)"))
            }
            context.boundary.reach("reset:\(step.name)")
        }
        let walk = JournalUndo(context: context, journal: journal)
        // This program stays until everything else is gone, so that it can be run again.
        let undone = try await walk.run(except: [NodePaths.executable])
        await run.cleaner.attempt(Command("systemctl", ["daemon-reload"]))
        guard undone.left.isEmpty else { throw InstallError.undoIncomplete(undone.left) }
        context.boundary.reach("reset:state")
        try await removeState(keeping: ["journal", "lock", "content"])
        let last = try await walk.run()
        // What is gone from other file systems too, before the record of it goes.
        let flush = context.flush
        try await BlockingPool.shared.run { flush() }
        // Before the journal goes: without it there would be no second try.
        guard last.left.isEmpty else { throw InstallError.undoIncomplete(last.left) }
        try await removeState(keeping: [])
        return Report(left: [], listed: undone.listed + last.listed)
    }

    private func removeState(keeping kept: Set<String>) async throws {
        let folder = context.root.resolve(NodePaths.state)
        guard FileSystem.exists(folder) else { return }
        let problem = try await BlockingPool.shared.run {
            var tree = TreeRemoval(device: try TreeRemoval.device(of: folder))
            for name in try FileSystem.list(folder) where !kept.contains(name) { tree.remove(folder.appending(name)) }
            if kept.isEmpty { tree.removeFolder(folder) }
            return tree.problems.first
        }
        if let problem {
            throw InstallError.undoIncomplete([LeftOver(what: NodePaths.state, reason: problem)])
        }
    }
}

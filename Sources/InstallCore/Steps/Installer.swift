import BundleModel
import Host
import Logging

/// Runs the steps in order, and goes on where an earlier run stopped.
struct Installer: Sendable {
    let steps: [any Step]

    struct Outcome: Hashable, Sendable {
        /// Steps that were applied; empty when the node was finished already.
        var applied: [String]
    }

    /// What each step would do; steps that are done have no lines.
    func plan(_ target: InstallTarget) async throws -> [(step: String, lines: [String])] {
        let done = try target.state().stepsDone
        var plans: [(String, [String])] = []
        for step in steps where step.applies(to: target) {
            let satisfied = done.contains(step.name) ? try await step.verify(target) == nil : false
            plans.append((step.name, satisfied ? [] : try await step.plan(target)))
        }
        return plans
    }

    /// - Throws: `InstallError.step` with what failed, or what the step itself throws where that says more.
    func run(_ target: InstallTarget, journal: Journal) async throws -> Outcome {
        let run = InstallRun(target: target, journal: journal)
        var applied: [String] = []
        var isRecorded = false
        let needed = steps.filter { $0.applies(to: target) }
        for (number, step) in needed.enumerated() {
            try Task.checkCancellation()
            let isDone = run.state.stepsDone.contains(step.name)
            if isDone, try await step.verify(target) == nil { continue }
            if !isRecorded {
                try journal.append(.runStarted(run: target.node))
                isRecorded = true
            }
            let task = "step \(number + 1)/\(needed.count) \(step.name)"
            target.context.logger.notice("begin \(task)")
            target.context.progress.report(ProgressEvent(kind: .started, task: task))
            try await apply(step, run)
            target.context.progress.report(ProgressEvent(kind: .finished, task: task))
            target.context.logger.notice("done \(task)")
            applied.append(step.name)
        }
        if isRecorded || !run.state.finished {
            if !isRecorded { try journal.append(.runStarted(run: target.node)) }
            try journal.append(.runDone)
        }
        return Outcome(applied: applied)
    }

    private func apply(_ step: any Step, _ run: InstallRun) async throws {
        let boundary = run.context.boundary
        try run.journal.append(.stepStarted(step: step.name))
        boundary.reach("\(step.name):begin")
        do {
            try await step.apply(run)
            boundary.reach("\(step.name):applied")
            if let problem = try await step.verify(run.target) {
                throw InstallError.step(name: step.name, reason: "after it, \(problem)")
            }
        } catch let error as InstallError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch let error as any Diagnostic where error.category != .hostCommandFailed {
            throw error
        } catch {
            throw InstallError.step(name: step.name, reason: CanonicalJSON.explanation(of: error))
        }
        // The record says that the step's files are there: they have to be on the disk first.
        let flush = run.context.flush
        try await BlockingPool.shared.run { flush() }
        try run.journal.append(.stepDone(step: step.name))
        boundary.reach("\(step.name):done")
    }
}

import BundleModel
import Host

/// The manifests of add-ons, the operator's own among them, applied on a master once there is a pod network and other
/// nodes can join: pods that do not run on a master, webhooks' among them, have nowhere to go before.
struct AddOnsStep: Step {
    let name = "add-ons"
    let roles: [NodeRole] = [.master]
    let isOptional = true

    func applies(to target: InstallTarget) -> Bool { target.isMaster && !manifests(target).isEmpty }

    func plan(_ target: InstallTarget) async throws -> [String] {
        manifests(target).map { "kubectl apply \($0.path) (add-on \($0.addOn.name) \($0.addOn.version))" }
    }

    func apply(_ run: InstallRun) async throws {
        for (addOn, path) in manifests(run.target) { try await apply(path, of: addOn, run) }
    }

    /// Objects of a kind that the same manifest defines, and those that a webhook of it looks at, are only taken once
    /// what they need is at work: kubectl is asked again, for two minutes and its own time.
    private func apply(_ manifest: String, of addOn: AddOn, _ run: InstallRun) async throws {
        let target = run.target
        var last = ""
        for _ in 0..<Self.attempts {
            let problem: String
            do {
                let result = try await target.runner.run(
                    target.kubectl(["apply"] + Self.options(target.release) + ["-f", manifest], timeout: 120))
                if result.status == 0 { return try AppliedManifests(root: target.root).remember(manifest) }
                problem = result.ending
            } catch HostError.timedOut(_, let seconds, let output) {
                problem = "no answer within \(seconds) s: \(output)"
            }
            if problem != last { run.context.note(name, "add-on \(addOn.name): \(problem)") }
            last = problem
            try await run.context.pause(.seconds(5))
        }
        throw InstallError.step(
            name: name, reason: "add-on \(addOn.name) \(addOn.version): kubectl apply \(manifest):\n\(last)")
    }

    private static let attempts = 24

    /// The server applies where it can: a manifest as large as some definitions are does not fit into the annotation
    /// that kubectl otherwise keeps of it. Before 1.22 the server's way is not finished.
    private static func options(_ release: Release) -> [String] {
        guard release.kubernetes >= SemanticVersion(1, 22, 0) else { return [] }
        return ["--server-side", "--force-conflicts", "--field-manager=node-install"]
    }

    func verify(_ target: InstallTarget) async throws -> String? {
        for (addOn, path) in manifests(target) {
            let result = try await target.runner.run(target.kubectl(["get", "-o", "name", "-f", path], timeout: 120))
            if result.status != 0 {
                return "objects of add-on \(addOn.name) (\(path)) are not in the cluster: \(result.ending)"
            }
            if let problem = try AppliedManifests(root: target.root).problem(with: path) { return problem }
        }
        return nil
    }

    private func manifests(_ target: InstallTarget) -> [(addOn: AddOn, path: String)] {
        (target.release.addOns ?? []).flatMap { addOn in addOn.manifests.map { (addOn: addOn, path: $0) } }
    }
}

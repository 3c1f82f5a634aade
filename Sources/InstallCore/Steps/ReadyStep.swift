import BundleModel
import FoundationEssentials
import Host

/// Waits until Kubernetes itself calls the node Ready, and on a master its system pods too.
struct ReadyStep: Step {
    let name = "ready"

    let isOptional = true

    func applies(to target: InstallTarget) -> Bool { target.release.cni.kind != .none }

    func plan(_ target: InstallTarget) async throws -> [String] {
        ["wait until node \(target.node.nodeName)\(target.isMaster ? " and its system pods are" : " is") Ready"]
    }

    func apply(_ run: InstallRun) async throws {
        try await waitUntilReady(run)
        guard run.target.isMaster else { return }
        // Pods that had no node to go to, CoreDNS for one, come only now that this one is Ready.
        try await waitForScheduler(run)
        try await waitUntilReady(run)
    }

    private func waitUntilReady(_ run: InstallRun) async throws {
        let limit = run.target.options.configuration.readySeconds ?? 300
        let start = run.context.clock.now
        var told = ""
        while let problem = try await verify(run.target) {
            let waited = Int(run.context.clock.now.timeIntervalSince(start))
            guard waited < limit else {
                throw InstallError.notReady(
                    what: "node \(run.target.node.nodeName)", seconds: waited, detail: problem)
            }
            try await pause(for: problem, &told, run)
        }
    }

    /// Waits at most 30 s: a pod that is left then lacks something else than a Ready node.
    private func waitForScheduler(_ run: InstallRun) async throws {
        var told = ""
        for _ in 0..<30 {
            let waiting = try await unscheduledPods(run.target)
            if waiting.isEmpty { return }
            let problem = "system pods have no node yet: \(waiting.joined(separator: ", "))"
            try await pause(for: problem, &told, run)
        }
    }

    /// Tells why it waits, once for each reason.
    private func pause(for problem: String, _ told: inout String, _ run: InstallRun) async throws {
        if problem != told { run.context.note(name, problem) }
        told = problem
        try await run.context.pause(.seconds(1))
    }

    /// System pods without a node that this node's taints do not keep away.
    private func unscheduledPods(_ target: InstallTarget) async throws -> [String] {
        let node = try await json(["get", "node", target.node.nodeName, "-o", "json"], target)
        let pods = try await systemPods("spec.nodeName=", target)
        guard case .success(let node) = node, case .success(let pods) = pods else { return [] }
        let taints = NodeTaints(node)
        return (pods["items"]?.elements ?? []).filter(taints.areTolerated).map {
            $0["metadata"]?["name"]?.text ?? "?"
        }
    }

    func verify(_ target: InstallTarget) async throws -> String? {
        let node = try await json(["get", "node", target.node.nodeName, "-o", "json"], target)
        guard case .success(let value) = node else {
            if case .failure(let error) = node { return error.text }
            return nil
        }
        let conditions = value["status"]?["conditions"]?.elements ?? []
        let ready = conditions.first { $0["type"]?.text == "Ready" }
        guard ready?["status"]?.text == "True" else {
            return "the node is not Ready: \(ready?["message"]?.text ?? "kubelet has not reported yet")"
        }
        guard target.isMaster else { return nil }
        if NodeTaints(value).contains(NodeTaints.notReady) {
            return "the node is Ready, and its taint \(NodeTaints.notReady) still keeps pods away"
        }
        let pods = try await systemPods("spec.nodeName=\(target.node.nodeName)", target)
        switch pods {
        case .failure(let error): return error.text
        case .success(let list):
            let items = list["items"]?.elements ?? []
            if items.isEmpty { return "no system pod has been started yet" }
            let waiting = items.compactMap(Self.problem)
            return waiting.isEmpty ? nil : "system pods are not Ready: \(waiting.joined(separator: ", "))"
        }
    }

    /// Why a pod is not Ready; nil when it is, or has done its work.
    static func problem(_ pod: JSONValue) -> String? {
        let name = pod["metadata"]?["name"]?.text ?? "?"
        let phase = pod["status"]?["phase"]?.text ?? "?"
        if phase == "Succeeded" { return nil }
        let conditions = pod["status"]?["conditions"]?.elements ?? []
        if conditions.contains(where: { $0["type"]?.text == "Ready" && $0["status"]?.text == "True" }) { return nil }
        if hasStarted(pod) { return nil }
        let reasons = (pod["status"]?["containerStatuses"]?.elements ?? []).compactMap {
            $0["state"]?["waiting"]?["reason"]?.text
        }
        return "\(name) (\(([phase] + reasons).joined(separator: ", ")))"
    }

    /// Whether every container has passed its startup probe and has no other one to pass before it is ready.
    ///
    /// kubelet 1.20 writes such a pod's Ready condition only with its next full look at the pod, which came 60 s after
    /// the probe for static pods. Nothing else can keep them from becoming ready.
    private static func hasStarted(_ pod: JSONValue) -> Bool {
        let containers = pod["spec"]?["containers"]?.elements ?? []
        let statuses = pod["status"]?["containerStatuses"]?.elements ?? []
        return !containers.isEmpty
            && containers.allSatisfy { container in
                guard container["startupProbe"] != nil, container["readinessProbe"] == nil else { return false }
                return statuses.contains {
                    $0["name"] == container["name"] && $0["started"] == .bool(true) && $0["state"]?["running"] != nil
                }
            }
    }

    private struct Unavailable: Error {
        var text: String
    }

    private func systemPods(_ selector: String, _ target: InstallTarget) async throws -> Result<JSONValue, Unavailable>
    {
        try await json(["-n", "kube-system", "get", "pods", "--field-selector", selector, "-o", "json"], target)
    }

    private func json(_ arguments: [String], _ target: InstallTarget) async throws -> Result<JSONValue, Unavailable> {
        let result = try await target.ask(arguments, timeout: 30)
        guard result.status == 0 else {
            let line = result.standardError.split(separator: "\n").last.map(String.init) ?? ""
            return .failure(Unavailable(text: "the API server does not answer: \(line)"))
        }
        guard let value = try? CanonicalJSON.decode(JSONValue.self, from: Data(result.standardOutput.utf8)) else {
            return .failure(Unavailable(text: "kubectl printed something that is not JSON"))
        }
        return .success(value)
    }
}

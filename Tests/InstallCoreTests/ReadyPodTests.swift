import Testing

@testable import InstallCore

/// A pod as kubelet 1.20 reports it between its startup probe and its next full look at the pod.
struct ReadyPodTests {
    private func pod(started: Bool, running: Bool = true, spec: [String: JSONValue]) -> JSONValue {
        var container = spec
        container["name"] = "etcd"
        let state: JSONValue = running ? ["running": [:]] : ["waiting": ["reason": "CrashLoopBackOff"]]
        return [
            "metadata": ["name": "etcd-m0"],
            "spec": ["containers": [.object(container)]],
            "status": [
                "phase": "Running", "conditions": [["type": "Ready", "status": "False"]],
                "containerStatuses": [
                    ["name": "etcd", "ready": false, "started": .bool(started), "state": state]
                ],
            ],
        ]
    }

    @Test func aPassedStartupProbeIsEnoughWhereNoOtherProbeFollows() {
        let spec: [String: JSONValue] = ["startupProbe": [:], "livenessProbe": [:]]
        #expect(ReadyStep.problem(pod(started: true, spec: spec)) == nil)
        #expect(ReadyStep.problem(pod(started: false, spec: spec)) == "etcd-m0 (Running)")
        #expect(
            ReadyStep.problem(pod(started: true, running: false, spec: spec)) == "etcd-m0 (Running, CrashLoopBackOff)")
    }

    @Test func aReadinessProbeHasToPassItself() {
        let spec: [String: JSONValue] = ["startupProbe": [:], "readinessProbe": [:]]
        #expect(ReadyStep.problem(pod(started: true, spec: spec)) == "etcd-m0 (Running)")
    }

    @Test func withoutAStartupProbeStartedSaysNothing() {
        #expect(ReadyStep.problem(pod(started: true, spec: [:])) == "etcd-m0 (Running)")
    }
}

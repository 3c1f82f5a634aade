import BundleModel
import Host
import SystemPackage

/// What node-install keeps in the cluster itself: the list of masters, and who may read it.
struct ClusterObjectsStep: Step {
    let name = "cluster-objects"

    let roles: [NodeRole] = [.master]

    func plan(_ target: InstallTarget) async throws -> [String] {
        ["create the list of masters in the cluster: \(target.node.nodeIP):6443"]
    }

    func apply(_ run: InstallRun) async throws {
        let target = run.target
        // The API server may still be starting after kubeadm's own wait, on a slow machine or after a reboot.
        var last = ""
        for _ in 0..<60 {
            if try await verify(target) == nil { return }
            let result = try await ask(["apply", "-f", "-"], target)
            if result.status == 0 { return }
            last = result.standardError
            try await run.context.pause(.seconds(2))
        }
        throw InstallError.step(name: name, reason: "kubectl apply: \(last)")
    }

    func verify(_ target: InstallTarget) async throws -> String? {
        let result = try await ask(["get", "-o", "name", "-f", "-"], target)
        return result.status == 0 ? nil : "the list of masters is not in the cluster: \(result.standardError)"
    }

    private func ask(_ arguments: [String], _ target: InstallTarget) async throws -> CommandResult {
        let objects = try target.services.clusterObjects(target.node, target.release.cni.kind)
        return try await target.ask(arguments, input: .stream { output in _ = try output.writeAll(objects) })
    }
}

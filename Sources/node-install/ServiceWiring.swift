import BundleModel
import Host
import InstallCore
import NodeServices

/// Connects the installer's steps with the node's services, which know masters, invites and cluster objects.
enum ServiceWiring {
    /// - Parameters:
    ///   - join: the value of `--join`.
    ///   - isLook: a dry run or a preflight needs no invite.
    static func hooks(
        options: InstallOptions, join: String?, isLook: Bool, context: NodeContext
    ) throws -> ServiceHooks {
        var hooks = ServiceHooks(
            mastersFile: { try MasterList($0.map { try Endpoint($0) }).json() },
            clusterObjects: { try objects($0, options: options, cni: $1) })
        guard options.role == .worker, !isLook else { return hooks }
        // A finished worker is looked at again without its invite.
        guard let join else { return hooks }
        let invite = try Invite(JoinArgument.read(join))
        let state = context.root.resolve(NodePaths.state)
        let clock = context.clock
        hooks.redeem = { node in
            let client = JoinClient(
                invite, identity: try NodeIdentity.loadOrMake(stateDirectory: state), clock: clock)
            let grant = try await client.redeem(nodeName: node.nodeName, role: node.role, releaseID: node.releaseID)
            return JoinAdmission(
                token: grant.kubeadmToken, caCertHashes: grant.caCertHashes,
                masters: grant.masters.map(\.description))
        }
        hooks.confirm = {
            let client = JoinClient(
                invite, identity: try NodeIdentity.loadOrMake(stateDirectory: state), clock: clock)
            try await client.confirm()
        }
        return hooks
    }

    private static func objects(_ node: RunRecord, options: InstallOptions, cni: CNI.Kind) throws -> [UInt8] {
        let facts = ClusterFacts(
            controlPlaneEndpoint: try Endpoint("127.0.0.1:7443"), releaseID: node.releaseID,
            kubernetesVersion: try SemanticVersion(node.kubernetes), podCIDR: node.podCIDR,
            serviceCIDR: node.serviceCIDR, cni: cni, productLine: node.productLine, lowestSequence: node.sequence,
            revokedKeys: [])
        return try ClusterObjects.manifest(
            masters: MasterList([try Endpoint("\(node.nodeIP):6443")]), facts: facts)
    }
}

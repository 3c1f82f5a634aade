import BundleModel
import Host
import InstallCore
import NodeServices

/// Connects the installer's steps with the node's services, which know masters, invites and cluster objects.
enum ServiceWiring {
    /// Whether `--join` goes with the other options. Reads nothing.
    ///
    /// - Parameters:
    ///   - join: the value of `--join`.
    ///   - asks: whether a person may be asked for the invite.
    /// - Throws: `InstallError.invalidOption`, without the invite.
    static func check(_ options: InstallOptions, join: String?, asks: Bool) throws {
        guard let join else { return }
        // Ignored, the invite would leave a second cluster behind.
        guard options.role == .worker else {
            throw InstallError.invalidOption(
                name: "--join", value: JoinArgument.shown(join),
                expected: "--role worker: a cluster has one master in this version")
        }
        guard asks || !JoinArgument.asks(join) else {
            throw InstallError.invalidOption(
                name: "--join", value: join,
                expected: "@FILE, or '-' and the invite by a pipe: --yes lets nobody be asked")
        }
    }

    /// - Parameters:
    ///   - join: the value of `--join`, checked.
    ///   - isLook: a dry run or a preflight needs no invite.
    static func hooks(
        options: InstallOptions, join: String?, isLook: Bool, context: NodeContext
    ) throws -> ServiceHooks {
        var hooks = ServiceHooks(
            mastersFile: { try MasterList($0.map { try Endpoint($0) }).json() },
            clusterObjects: { try objects($0, root: context.root, cni: $1) })
        // A finished worker is looked at again without its invite.
        guard options.role == .worker, !isLook, let join else { return hooks }
        let invite = try Invite(JoinArgument.read(join))
        let state = context.root.resolve(NodePaths.state)
        let clock = context.clock
        hooks.redeem = { node in
            let client = JoinClient(
                invite, identity: try NodeIdentity.loadOrMake(stateDirectory: state), clock: clock)
            let grant = try await client.redeem(nodeName: node.nodeName, role: node.role, releaseID: node.releaseID)
            return JoinAdmission(
                token: grant.kubeadmToken, caCertHashes: grant.caCertHashes,
                masters: grant.masters.map(\.description),
                cluster: JoinAdmission.Cluster(
                    podCIDR: grant.cluster.podCIDR, serviceCIDR: grant.cluster.serviceCIDR,
                    productLine: grant.cluster.productLine, lowestSequence: grant.cluster.lowestSequence,
                    revokedKeys: grant.cluster.revokedKeys))
        }
        hooks.confirm = {
            let client = JoinClient(
                invite, identity: try NodeIdentity.loadOrMake(stateDirectory: state), clock: clock)
            try await client.confirm()
        }
        return hooks
    }

    /// What this node's own memory and its operator's files say.
    static func trust(_ root: HostRoot, productLine: String) throws -> ClusterTrust {
        let published = try TrustStore(root: root).published(productLine: productLine)
        return ClusterTrust(lowestSequence: published.lowestSequence, revokedKeys: published.revokedKeys)
    }

    private static func objects(_ node: RunRecord, root: HostRoot, cni: CNI.Kind) throws -> [UInt8] {
        let trust = try trust(root, productLine: node.productLine)
        let facts = ClusterFacts(
            controlPlaneEndpoint: try Endpoint("127.0.0.1:7443"), releaseID: node.releaseID,
            kubernetesVersion: try SemanticVersion(node.kubernetes), podCIDR: node.podCIDR,
            serviceCIDR: node.serviceCIDR, cni: cni, productLine: node.productLine,
            lowestSequence: max(node.sequence, trust.lowestSequence), revokedKeys: trust.revokedKeys)
        return try ClusterObjects.manifest(
            masters: MasterList([try Endpoint("\(node.nodeIP):6443")]), facts: facts)
    }
}

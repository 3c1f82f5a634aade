import BundleModel
import Host

/// What a cluster asks of a node that joins it, held against the bundle and the choices of this node.
struct ClusterAgreement {
    let index: BundleIndex
    let trust: TrustRecord
    let options: InstallOptions
    let allowOlder: Bool

    /// - Returns: the node with the cluster's networks, and with a signer that the cluster has not revoked.
    /// - Throws: `InstallError.olderThanCluster`, `.invalidOption`, `.preflight`, and `SigningError.revoked`.
    func check(_ node: RunRecord, _ cluster: JoinAdmission.Cluster) throws -> RunRecord {
        if index.productLine == cluster.productLine, index.sequence < cluster.lowestSequence, !allowOlder {
            throw InstallError.olderThanCluster(
                productLine: index.productLine, bundle: index.sequence, lowest: cluster.lowestSequence)
        }
        var node = node
        node.keyFingerprint = try trust.adding(revoked: cluster.revokedKeys).signers.first
        for (name, asked, theirs) in [
            ("--pod-cidr", options.podCIDRIsGiven ? node.podCIDR : nil, cluster.podCIDR),
            ("--service-cidr", options.serviceCIDRIsGiven ? node.serviceCIDR : nil, cluster.serviceCIDR),
        ] {
            guard let block = IPv4Block(theirs) else {
                throw InstallError.invalidOption(
                    name: name, value: theirs, expected: "an IPv4 network; the cluster's own is none")
            }
            if let asked, asked != theirs {
                throw InstallError.invalidOption(name: name, value: asked, expected: "\(theirs), the cluster's")
            }
            if let address = IPv4Address(node.nodeIP), block.contains(address) {
                throw InstallError.preflight([
                    Finding(
                        id: "cidr", severity: .error,
                        cause: "the node's address \(node.nodeIP) is inside the cluster's network \(theirs)",
                        fix: "give the node another address, or choose other networks on the first master")
                ])
            }
        }
        node.podCIDR = cluster.podCIDR
        node.serviceCIDR = cluster.serviceCIDR
        return node
    }

    /// Whether this bundle and this operator add nothing to what the node remembers.
    func isRemembered(_ root: HostRoot) throws -> Bool {
        let memory = try TrustMemory.read(root)
        return memory
            == memory.adding(productLine: index.productLine, sequence: index.sequence, revoked: trust.revoked)
    }

    /// Keeps what the cluster knows, and what this bundle and this operator add to it.
    func remember(_ root: HostRoot, _ cluster: JoinAdmission.Cluster?) throws {
        try TrustMemory.remember(
            root, productLine: index.productLine, sequence: index.sequence, revoked: trust.revoked)
        guard let cluster else { return }
        try TrustMemory.remember(
            root, productLine: cluster.productLine, sequence: cluster.lowestSequence, revoked: cluster.revokedKeys)
    }
}

/// Which iptables rules are Kubernetes' and the CNI plugins', by the names of their chains.
enum FirewallRules {
    private static let prefixes = ["KUBE-", "CNI-", "cali-", "CILIUM_", "FLANNEL-"]

    private static func isOurs(_ chain: some StringProtocol) -> Bool {
        prefixes.contains { chain.hasPrefix($0) }
    }

    /// A script for `iptables-restore --noflush` that removes our chains and the jumps into them, and nothing else.
    ///
    /// - Parameter saved: the output of `iptables-save`.
    /// - Returns: nil when nothing of ours is there.
    static func removal(from saved: String) -> String? {
        var script = ""
        var table = ""
        var chains: [String] = []
        var jumps: [String] = []
        for line in saved.split(separator: "\n") {
            if line.hasPrefix("*") {
                table = String(line)
                chains = []
                jumps = []
            } else if line.hasPrefix(":") {
                let name = line.dropFirst().prefix { $0 != " " }
                if isOurs(name) { chains.append(String(name)) }
            } else if line.hasPrefix("-A ") {
                let words = line.split(separator: " ")
                guard words.count > 2, !isOurs(words[1]) else { continue }
                // The bridge plugin's own rules jump to CNI- chains; kube-proxy's and the kubelet's to KUBE- chains.
                let target = words.indices.dropLast().first { words[$0] == "-j" || words[$0] == "-g" }
                if let target, isOurs(words[target + 1]) { jumps.append("-D " + line.dropFirst(3)) }
            } else if line == "COMMIT", !chains.isEmpty || !jumps.isEmpty {
                let lines =
                    [table] + jumps + chains.map { "-F \($0)" } + chains.map { "-X \($0)" } + ["COMMIT"]
                script += lines.joined(separator: "\n") + "\n"
            }
        }
        return script.isEmpty ? nil : script
    }
}

/// One sysctl and the values that will do.
struct KernelSetting: Hashable, Sendable {
    enum Rule: Hashable, Sendable {
        case exactly(String)
        /// A larger value that is already there stays.
        case atLeast(Int)
        /// Anything but the first will do; else the second.
        case not(String, use: String)
    }

    var key: String
    var rule: Rule
    /// Kubernetes does not work without it.
    var isRequired: Bool

    /// The value to set, or nil when the current one will do.
    func needed(current: String) -> String? {
        switch rule {
        case .exactly(let value): current == value ? nil : value
        case .atLeast(let floor): (Int(current) ?? 0) >= floor ? nil : "\(floor)"
        case .not(let bad, let other): current == bad ? other : nil
        }
    }

    /// What is set on every node.
    static let all: [KernelSetting] = [
        KernelSetting(key: "net.ipv4.ip_forward", rule: .exactly("1"), isRequired: true),
        KernelSetting(key: "net.bridge.bridge-nf-call-iptables", rule: .exactly("1"), isRequired: true),
        KernelSetting(key: "net.bridge.bridge-nf-call-ip6tables", rule: .exactly("1"), isRequired: true),
        KernelSetting(key: "net.ipv4.conf.all.rp_filter", rule: .not("1", use: "2"), isRequired: false),
        KernelSetting(key: "fs.inotify.max_user_instances", rule: .atLeast(8192), isRequired: false),
        KernelSetting(key: "fs.inotify.max_user_watches", rule: .atLeast(524_288), isRequired: false),
        KernelSetting(key: "vm.max_map_count", rule: .atLeast(262_144), isRequired: false),
    ]

    /// A file for sysctl.d with the values that were needed.
    static func file(_ values: [(key: String, value: String)]) -> String {
        "# Written by node-install.\n" + values.map { "\($0.key) = \($0.value)\n" }.joined()
    }
}

public import BundleModel

/// What the operator asked for, checked.
public struct InstallOptions: Hashable, Sendable {
    public static let defaultPodCIDR = "10.244.0.0/16"
    public static let defaultServiceCIDR = "10.96.0.0/12"

    public let role: NodeRole
    /// Nil: the address of the default route is taken.
    public let nodeIP: IPv4Address?
    public let podCIDR: IPv4Block
    public let serviceCIDR: IPv4Block
    /// False: a node that joins takes the cluster's, and one that is continued what it was begun with.
    public let podCIDRIsGiven: Bool
    /// As `podCIDRIsGiven`.
    public let serviceCIDRIsGiven: Bool
    /// `--verify full`: every needed pack is read and checked before the first change.
    public let verifiesFirst: Bool
    /// nil: that of the run that is continued, or auto.
    public let imageLoader: ImageLoaderChoice?
    public let configuration: NodeConfiguration

    /// - Throws: `InstallError.invalidOption` with the raw text.
    public init(
        role: NodeRole?, nodeIP: String?, podCIDR: String?, serviceCIDR: String?, verifiesFirst: Bool,
        imageLoader: ImageLoaderChoice? = nil, configuration: NodeConfiguration
    ) throws {
        guard let role = role ?? configuration.role else {
            throw InstallError.invalidOption(name: "--role", value: "", expected: "master or worker")
        }
        self.role = role
        self.nodeIP = try (nodeIP ?? configuration.nodeIP).map { text in
            guard let address = IPv4Address(text) else {
                throw InstallError.invalidOption(
                    name: "--node-ip", value: text, expected: "a numeric IPv4 address, not a host name")
            }
            return address
        }
        let givenPods = podCIDR ?? configuration.podCIDR
        let givenServices = serviceCIDR ?? configuration.serviceCIDR
        podCIDRIsGiven = givenPods != nil
        serviceCIDRIsGiven = givenServices != nil
        let pods = givenPods ?? Self.defaultPodCIDR
        let services = givenServices ?? Self.defaultServiceCIDR
        self.podCIDR = try Self.block(pods, name: "--pod-cidr", prefixes: 8...24)
        self.serviceCIDR = try Self.block(services, name: "--service-cidr", prefixes: 12...24)
        // A node that joins takes the cluster's network where none is given, not the default.
        let areKnown = role == .master || podCIDRIsGiven && serviceCIDRIsGiven
        guard !areKnown || !self.podCIDR.overlaps(self.serviceCIDR) else {
            throw InstallError.invalidOption(
                name: "--pod-cidr", value: pods, expected: "a network apart from the services' \(services)")
        }
        self.verifiesFirst = verifiesFirst
        self.imageLoader = imageLoader ?? configuration.imageLoader
        self.configuration = configuration
    }

    private static func block(_ text: String, name: String, prefixes: ClosedRange<Int>) throws -> IPv4Block {
        guard let block = IPv4Block(text), prefixes.contains(block.prefix) else {
            throw InstallError.invalidOption(
                name: name, value: text,
                expected: "a network such as 10.244.0.0/16, prefix \(prefixes.lowerBound) to \(prefixes.upperBound)")
        }
        return block
    }
}

import BundleModel
import FoundationEssentials
public import Host

/// The kernel's routes that carry our protocol number, by `ip`.
public struct RouteTable: Sendable {
    /// Marks routes as ours; no routing daemon uses this number.
    public static let protocolNumber = "157"

    private struct Entry: Decodable {
        let dst: String?
        let gateway: String?
    }

    private struct Link: Decodable {
        struct Address: Decodable {
            let local: String?
        }
        let addresses: [Address]?

        private enum CodingKeys: String, CodingKey {
            case addresses = "addr_info"
        }
    }

    private let processes: any ProcessRunner

    public init(processes: any ProcessRunner) {
        self.processes = processes
    }

    /// Our routes of one family.
    public func current(ipv6: Bool) async throws -> Set<PodRoute> {
        let text = try await ip(["-json", "route", "show", "proto", Self.protocolNumber], ipv6: ipv6)
        let entries = try Self.decode([Entry].self, text, "ip route")
        return Set(
            entries.compactMap { entry in
                guard let destination = entry.dst, let gateway = entry.gateway else { return nil }
                return PodRoute(
                    destination: destination.contains("/") ? destination : "\(destination)/\(ipv6 ? 128 : 32)",
                    gateway: gateway)
            })
    }

    /// Networks that an interface of this machine is in: the kernel's own routes. Where one of them is a node's network,
    /// the pods of that node are here.
    public func connectedNetworks() async throws -> Set<String> {
        var networks: Set<String> = []
        for ipv6 in [false, true] {
            let text = try await ip(["-json", "route", "show", "proto", "kernel"], ipv6: ipv6)
            networks.formUnion(try Self.decode([Entry].self, text, "ip route").compactMap(\.dst))
        }
        return networks
    }

    /// All addresses of this machine, in canonical text.
    public func localAddresses() async throws -> Set<String> {
        let text = try await processes.require(Command("ip", ["-json", "address", "show"])).standardOutput
        let links = try Self.decode([Link].self, text, "ip address")
        return Set(
            links.flatMap { $0.addresses ?? [] }.compactMap { $0.local.flatMap { try? IPAddress($0).description } })
    }

    public func replace(_ route: PodRoute) async throws {
        _ = try await ip(
            ["route", "replace", route.destination, "via", route.gateway, "proto", Self.protocolNumber],
            ipv6: route.destination.contains(":"))
    }

    public func remove(_ route: PodRoute) async throws {
        _ = try await ip(
            ["route", "del", route.destination, "via", route.gateway, "proto", Self.protocolNumber],
            ipv6: route.destination.contains(":"))
    }

    private func ip(_ arguments: [String], ipv6: Bool) async throws -> String {
        try await processes.require(Command("ip", [ipv6 ? "-6" : "-4"] + arguments)).standardOutput
    }

    private static func decode<Value: Decodable>(_ type: Value.Type, _ text: String, _ source: String) throws -> Value {
        // Nothing to show is nothing printed in some versions.
        let json = text.allSatisfy(\.isWhitespace) ? "[]" : text
        do {
            return try CanonicalJSON.decode(type, from: Data(json.utf8))
        } catch {
            throw NodeServicesError.badDocument(path: source, reason: CanonicalJSON.explanation(of: error))
        }
    }
}

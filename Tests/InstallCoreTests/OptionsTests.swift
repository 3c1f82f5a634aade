import BundleModel
import Testing

@testable import InstallCore

struct OptionsTests {
    private func options(
        ip: String? = nil, pods: String? = nil, services: String? = nil, role: NodeRole = .master
    ) throws -> InstallOptions {
        try InstallOptions(
            role: role, nodeIP: ip, podCIDR: pods, serviceCIDR: services, verifiesFirst: true,
            configuration: NodeConfiguration())
    }

    @Test func defaultsAreTheDocumentedOnes() throws {
        let options = try options()
        #expect(options.podCIDR.description == "10.244.0.0/16")
        #expect(options.serviceCIDR.description == "10.96.0.0/12")
        #expect(options.nodeIP == nil)
    }

    @Test(arguments: ["master.example.org", "10.0.0", "10.0.0.256", "10.0.0.1/24", "", "1.2.3.4.5", "+1.2.3.4"])
    func aHostNameIsNotAnAddress(_ text: String) {
        #expect {
            try options(ip: text)
        } throws: { ($0 as? InstallError)?.category == .invalidInput }
    }

    @Test(arguments: ["10.244.0.0", "10.244.0.1/16", "10.244.0.0/33", "10.244.0.0/x", "10.244.0.0/30", "a/16"])
    func aBadNetworkIsRefused(_ text: String) {
        #expect {
            try options(pods: text)
        } throws: { ($0 as? InstallError)?.category == .invalidInput }
    }

    @Test func overlappingNetworksAreRefused() {
        #expect(throws: InstallError.self) { try options(pods: "10.96.0.0/16") }
    }

    @Test func aWorkersNetworksAreItsClustersAndNotTheDefaults() throws {
        #expect(try options(pods: "10.97.0.0/16", role: .worker).podCIDR.description == "10.97.0.0/16")
        #expect(throws: InstallError.self) {
            try options(pods: "10.97.0.0/16", services: "10.96.0.0/12", role: .worker)
        }
    }
}

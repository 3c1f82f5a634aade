import Testing

@testable import InstallCore

/// After a reboot nobody runs the installer: the units alone bring the node back.
struct ServiceUnitTests {
    private func lines(_ unit: [UInt8]) -> Set<Substring> {
        Set(String(decoding: unit, as: UTF8.self).split(separator: "\n"))
    }

    @Test(arguments: [
        PackageResources.node_install_proxy_service, PackageResources.node_install_join_service,
        PackageResources.node_install_routes_service, PackageResources.kubelet_service,
    ])
    func everyServiceStartsAtBootAndIsTriedForEver(_ unit: [UInt8]) {
        // The join service and the routes ask an API server that needs a while.
        #expect(
            lines(unit).isSuperset(of: ["WantedBy=multi-user.target", "Restart=always", "StartLimitIntervalSec=0"]))
    }

    @Test func theProxyIsThereBeforeTheKubeletAsks() {
        #expect(lines(PackageResources.node_install_proxy_service).contains("Before=kubelet.service"))
        let kubelet = lines(PackageResources.kubelet_service)
        #expect(kubelet.contains("After=network-online.target containerd.service node-install-proxy.service"))
        // Without it the kubelet waits for its API server; that must not keep it from starting.
        #expect(!kubelet.contains { $0.hasPrefix("Requires=") || $0.hasPrefix("BindsTo=") })
    }
}

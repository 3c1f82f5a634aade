public import Host

/// Healthy is what answers GET /readyz with 200, asked with the kubelet's own certificate, since anonymous access may
/// be off. Before the kubelet has one (and the cluster's CA is there), a TCP connection must do.
public struct ReadyProbe: MasterProbe {
    private let files: KubeletFiles
    private let timeout: Int

    /// - Parameter timeout: seconds.
    public init(root: HostRoot, timeout: Int = 4) {
        files = KubeletFiles(root: root)
        self.timeout = timeout
    }

    public func check(_ master: Endpoint) async -> String? {
        guard files.arePresent else { return await ConnectProbe(timeout: timeout).check(master) }
        do {
            // Read each time: the kubelet renews its certificate.
            let answer = try await files.client(master, timeout: timeout).send(HTTPSRequest(.get, "/readyz"))
            return answer.status == 200 ? nil : "/readyz answered \(answer.status)"
        } catch {
            return "\(error)"
        }
    }
}

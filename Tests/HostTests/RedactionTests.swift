import Host
import Testing

struct RedactionTests {
    @Test(arguments: [
        ("kubeadm join --token abcdef.0123456789abcdef x", "kubeadm join --token [removed] x"),
        ("token=abcdef.0123456789abcdef, next", "token=[removed], next"),
        ("--certificate-key 00ff11", "--certificate-key [removed]"),
        ("--token=abc", "--token=[removed]"),
        ("invite kf1-04r0g-abcde", "invite [removed]"),
        ("--join=KF1-04R0G-ABCDE", "--join=[removed]"),
        ("invite kf104r0gabcdefghjkmnpqrst", "invite [removed]"),
        ("a\n-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\nb", "a\n[removed]\n[removed]\n[removed]\nb"),
        ("    client-key-data: LS0t", "    client-key-data: [removed]"),
    ])
    func secretsAreRemoved(_ text: String, _ expected: String) {
        #expect(Redaction.clean(text) == expected)
    }

    @Test(arguments: [
        "sha256:0123456789abcdef0123456789abcdef", "registry.k8s.io/pause:3.9", "containerd.service is active",
        "kubelet.0123456789abcdef0", "read the token of the node", "kf1", "pod kf1x",
    ])
    func otherTextStays(_ text: String) {
        #expect(Redaction.clean(text) == text)
    }
}

import BundleModel
import Testing

struct NodeNameTests {
    @Test(arguments: ["m0", "node-1.bank.example", "1", String(repeating: "a", count: 63)])
    func kubernetesTakesIt(_ name: String) {
        #expect(NodeName.isValid(name))
    }

    @Test(arguments: ["", "M0", "a_b", "-a", "a-", "a..b", ".a", "a.", "\u{e9}", String(repeating: "a", count: 64)])
    func kubernetesRefusesIt(_ name: String) {
        #expect(!NodeName.isValid(name))
    }
}

import NodeServices
import Testing

struct ClusterObjectsTests {
    @Test func theManifestNamesWhatNodesMayRead() throws {
        let text = String(
            decoding: try ClusterObjects.manifest(
                masters: MasterList([try Endpoint("10.0.0.1:6443")]), facts: try Samples.facts()), as: UTF8.self)
        for part in [
            #""kind" : "List""#, #""name" : "system:nodes""#, #""node-install-masters""#, #""kind" : "ClusterRole""#,
            #"10.0.0.1:6443"#, #""node-install-cluster""#,
        ] {
            #expect(text.contains(part), "\(part)")
        }
        // Nodes may not read the invites or the join service's key.
        #expect(!text.contains("node-install-invites"))
        #expect(!text.contains("secrets"))
    }
}

import Testing

extension EndToEnd {
    /// The same product with a later containerd, packed at the default level.
    @Suite(.serialized) struct RuntimeVersionTests {
        @Test func aLaterContainerdServesAMaster() async throws {
            let files = try await TestBundle.shared.atDefaultLevel()
            let node = try await TestNode.boot("c0", "10.77.0.50")
            try await node.carry(files)
            try await node.install(node.masterCommand())
            try await node.waitUntilReady("c0")
            #expect(try await node.require("containerd", "--version").contains("1.7.24"))
            try await node.remove()
        }
    }
}

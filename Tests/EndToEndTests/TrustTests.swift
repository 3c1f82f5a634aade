import BundleModel
import FoundationEssentials
import Host
import SystemPackage
import Testing

extension EndToEnd {
    /// A file that cannot be trusted changes nothing.
    @Suite(.serialized) struct TrustTests {
        @Test func untrustedFilesAreRefusedBeforeAnyChange() async throws {
            let files = try await TestBundle.shared.make()
            _ = try await TestBundle.shared.key("stranger")
            let node = try await TestNode.boot("t0", "10.77.0.40")
            try await node.carry(files)
            try await node.put(TestBundle.folder.appending("stranger.pub"), "/root/stranger.pub")
            let before = try await node.tree()
            let look = try await node.run(
                TestNode.bundlePath, "verify", "--trusted-key", "/root/release.pub", "--progress", "none")
            #expect(look.status == 0 && look.standardOutput.contains("every chunk as signed"), "\(look)")
            let role = [
                TestNode.bundlePath, "--role", "master", "--config", "/root/node.json", "--node-ip", node.address,
            ]

            try await node.expect(.untrustedKey, role)
            try await node.expect(.untrustedKey, role + ["--trusted-key", "/root/stranger.pub"])
            try await node.expect(
                .revokedKey, role + ["--trusted-key", "/root/release.pub", "--revoked-key", "/root/release.pub"])
            try await everyRegionIsGuarded(node, files, role + ["--trusted-key", "/root/release.pub"])

            let changed = FileTree.differences(
                before, try await node.tree(), exceptions: ["/root/", "/var/log/", "/var/lib/systemd/"])
            #expect(changed == [], "a refused file changed the node")
            try await node.remove()
        }

        /// One flipped byte in each region; the executable's own code is checked from outside.
        private func everyRegionIsGuarded(_ node: TestNode, _ files: TestBundle.Files, _ command: [String]) async throws
        {
            let listing = try await Testbed.require([
                TestBundle.bundler.string, "inspect", files.run.string, "--format", "json",
            ])
            let inspection = try CanonicalJSON.decode(Inspection.self, from: Data(listing.utf8))
            let regions = inspection.regions
            let names = Set(regions.map(\.name))
            try #require(names.isSuperset(of: ["head", "header index", "index", "trailer"]))
            try #require(
                names.isSuperset(of: inspection.signatures.flatMap { ["signature \($0)", "public key \($0)"] }))
            try #require(names.isSuperset(of: inspection.index.packs.map { "pack \($0.name)" }))
            try #require(!inspection.signatures.isEmpty && inspection.index.packs.count > 2)
            let damaged = TestBundle.folder.appending("damaged.run")
            // Obtained earlier, as docs/trust.md says: what the new file's own code would do is not asked.
            try await node.put(TestBundle.nodeInstall, "/root/node-install")
            let earlier = ["/root/node-install", "--bundle"] + command
            for region in regions {
                try await Testbed.require(["cp", "--reflink=auto", files.run.string, damaged.string])
                try flip(damaged, at: region.offset + region.size / 2)
                let outside = try await SystemProcessRunner().run(
                    Command(
                        TestBundle.bundler.string,
                        ["verify", damaged.string, "--trusted-key", files.publicKey.string], timeout: 1800))
                #expect(outside.status != 0, "bundler verify accepts a flipped byte in \(region.name)")
                let sums = try await SystemProcessRunner().run(
                    Command(
                        "sh",
                        [
                            "-c",
                            "cd \(TestBundle.folder) && sed 's/  .*/  damaged.run/' \(files.run).sha256 | sha256sum -c",
                        ]))
                #expect(sums.status != 0, "sha256sum accepts a flipped byte in \(region.name)")
                try await node.put(damaged, TestNode.bundlePath)
                let look = try await node.run(
                    "/root/node-install", "verify", "--bundle", TestNode.bundlePath, "--trusted-key",
                    "/root/release.pub")
                #expect(look.status != 0, "node-install verify accepts a flipped byte in \(region.name)")
                let result = try await node.run(region.name == "head" ? earlier : command)
                #expect(
                    [.bundleDamaged, .signatureInvalid, .notABundle].map(\DiagnosticCategory.exitCode).contains(
                        result.status),
                    "\(region.name): \(result.status) \(result.standardError)")
            }
            try await node.put(files.run, TestNode.bundlePath)
        }

        private func flip(_ file: FilePath, at offset: UInt64) throws {
            let descriptor = try FileDescriptor.open(file, .readWrite)
            try descriptor.closeAfter {
                var byte: [UInt8] = [0]
                _ = try byte.withUnsafeMutableBytes { try descriptor.read(fromAbsoluteOffset: Int64(offset), into: $0) }
                byte[0] ^= 0x10
                _ = try byte.withUnsafeBytes { try descriptor.writeAll(toAbsoluteOffset: Int64(offset), $0) }
            }
        }

        /// The part of `bundler inspect --format json` that this test reads.
        private struct Inspection: Decodable {
            struct Region: Decodable {
                let name: String
                let offset: UInt64
                let size: UInt64
            }
            struct Index: Decodable {
                struct Pack: Decodable {
                    let name: String
                }
                let packs: [Pack]
            }
            let regions: [Region]
            let signatures: [String]
            let index: Index
        }
    }
}

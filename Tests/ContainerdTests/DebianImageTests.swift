import ContainerdTestSupport
import FoundationEssentials
import Host
import SystemPackage
import Testing

extension Exactness {
    /// A real root file system, in three layers of which one takes away.
    struct DebianImageTests {
        @Test(arguments: Sample.suites(0))
        func aDebianRootIsLoadedWhole(_ suite: String) async throws {
            try #require(FileSystem.exists(Self.root), "run: Tests/Testbed/testbed base")
            let instance = try await Fleet.current.instance(suite)
            let image = try await Fleet.current.image(named: "debian") {
                try await $0.build(try await Self.plan(in: $0.folder))
            }
            let reference = try await instance.reference(of: image)
            expectOutcome(reference, image, instance.version)
            // The tree itself, as this machine has it, but for what the top layer changes.
            let tree = try await BlockingPool.shared.run { try SnapshotListing.read(Self.root) }
            let lines = tree.differences(to: reference.merged ?? SnapshotListing())
            #expect(tree.members.count > 3_000)
            #expect(lines.filter { !Self.isMeant($0) } == [])
            #expect(lines.contains { $0.hasPrefix("- etc/debian_version:") })
            try await expectSame(
                reference, image, instance, Sample.isChosen(0, oneOf: 3) ? LoadingWay.allCases : [.direct])
        }

        private static let root = InstancePlace.testbed.appending("base-bare")

        /// The top layer's work, and times: tar's seconds have fractions in pax form, so they stay exact.
        private static func isMeant(_ line: String) -> Bool {
            ["- etc/debian_version:", "- srv:", "≠ etc:", "≠ (root):", "≠ srv:"].contains { line.hasPrefix($0) }
        }

        private static func plan(in folder: FilePath) async throws -> ImagePlan {
            func tar(_ name: String, _ arguments: String...) async throws -> FilePath {
                let file = folder.appending(name)
                try await SystemProcessRunner().require(
                    Command(
                        "tar",
                        ["-C", root.string, "--format=pax", "--xattrs", "--xattrs-include=*", "--numeric-owner"]
                            + ["--pax-option=delete=atime,delete=ctime", "-cf", file.string] + arguments, timeout: 300))
                return file
            }
            let most = try await tar("most.tar", "--exclude=./etc", ".")
            let rest = try await tar("rest.tar", "./etc")
            let above = ImagePlan.Layer([.file("etc/.wh.debian_version"), .file(".wh.srv")])
            return ImagePlan(
                "debian", layers: [.init(file: most, compression: .gzip), .init(file: rest, compression: .zstd), above]
            ) {
                $0.member("usr/bin/su", .file, mode: 0o4755)
            }
        }
    }
}

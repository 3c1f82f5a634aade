import ContainerdTestSupport
import Host
import SystemPackage
import Testing

extension Exactness {
    /// What an image has to live through; here with containerd's own import.
    struct LifeTests {
        private let base = ImagePlan.Layer([.file("base", "base"), .folder("d/", { $0.mode = 0o700 })])

        @Test(arguments: ContainerdVersion.suites)
        func anImageOutlivesARestartAndTheRemovalOfOneThatSharesItsLayers(_ suite: String) async throws {
            let instance = try await Fleet.current.instance(suite)
            let first = try await Fleet.current.image(ImagePlan("shared-a", layers: [base, .init([.file("a", "a")])]))
            let second = try await Fleet.current.image(ImagePlan("shared-b", layers: [base, .init([.file("b", "b")])]))
            let alone = try await instance.reference(of: second)
            try #require(alone.outcome == .loaded)
            try await instance.clear()

            for image in [first, second] { #expect(try await instance.importImage(image).status == 0) }
            #expect(try await instance.state().snapshots.count == 3)
            try await instance.remove(first)
            #expect(alone.differences(to: try await instance.observe(second)) == [])
            for kill in [false, true] {
                try await instance.restart(kill: kill)
                #expect(alone.differences(to: try await instance.observe(second)) == [])
            }
        }

        @Test func nothingOfAnInstanceIsLeft() async throws {
            let version = try #require(try await ContainerdVersion.all().first)
            let instance = try await ContainerdInstance.start(version)
            let pid = await instance.pid
            let image = try await Fleet.current.image(ImagePlan("left", layers: [base, base]))
            let mounts = try await instance.mountsAlong(image)
            try await instance.stop()
            // It was mounted there, and never here.
            #expect(mounts.inside.contains("\(instance.folder)/mounted"))
            #expect(!mounts.outside.contains(instance.folder.string))
            #expect(!FileSystem.exists(instance.folder))
            #expect(!FileSystem.exists(FilePath("/proc/\(pid)")))
        }
    }
}

extension ContainerdInstance {
    /// Loads an image, and reads the mount tables in and outside of the instance while it is mounted.
    fileprivate func mountsAlong(_ image: BuiltImage) async throws -> (inside: String, outside: String) {
        let result = try await importImage(image)
        try #require(result.status == 0, "\(result.ending)")
        let daemon = pid
        return try await withMounted("\(try #require(image.chainIDs.last))") { _, _ in
            (
                try FileSystem.text(FilePath("/proc/\(daemon)/mounts")) ?? "",
                try FileSystem.text("/proc/self/mounts") ?? ""
            )
        }
    }
}

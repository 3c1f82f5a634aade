import Containerd
import ContainerdTestSupport
import Host
import SystemPackage
import Testing

extension Exactness {
    /// What an image has to live through, whoever brought it.
    struct LifeTests {
        enum Loader: CaseIterable, Sendable {
            case ours, theirs

            func load(_ image: BuiltImage, into instance: ContainerdInstance) async throws {
                switch self {
                case .ours: try await instance.load([image])
                case .theirs:
                    let result = try await instance.importImage(image)
                    #expect(result.status == 0, "\(result.ending)")
                }
            }
        }

        @Test(arguments: ContainerdVersion.present)
        func anImageOutlivesRestartsAndCollections(_ suite: String) async throws {
            let instance = try await Fleet.current.instance(suite)
            let alone = try await Shared.references(on: instance)
            let images = try await Shared.images()
            let summary = try await instance.load(images)
            #expect(summary.images == 2 && summary.layers == 3)
            // The second load finds nothing to do.
            #expect(try await instance.load(images) == .nothing)
            try await instance.remove(images[0])
            for kill in [false, true] {
                // What the last look mounted is removed by name only until then, and a restarted containerd does not know
                // of its folder any more.
                try await instance.collectGarbage()
                try await instance.restart(kill: kill)
                // Reading it begins with a garbage collection.
                let found = alone[1].differences(to: try await instance.observe(images[1]))
                #expect(found == [], "killed: \(kill)")
                #expect(try await instance.missing([images[1]]) == [])
            }
            let again = try await instance.load(images)
            #expect(again.images == 1 && again.layers == 1)
            try await instance.remove(images[1])
            let found = alone[0].differences(to: try await instance.observe(images[0]))
            #expect(found == [])
        }

        /// One image of ours, one that containerd imported, and either is the first to go.
        @Test(arguments: ContainerdVersion.present)
        func imagesThatShareLayersDoNotDependOnEachOther(_ suite: String) async throws {
            let instance = try await Fleet.current.instance(suite)
            let alone = try await Shared.references(on: instance)
            let images = try await Shared.images()
            for (first, second) in [(Loader.ours, Loader.theirs), (.theirs, .ours)] {
                for gone in [0, 1] {
                    try await first.load(images[0], into: instance)
                    try await second.load(images[1], into: instance)
                    try await instance.remove(images[gone])
                    let left = 1 - gone
                    let found = alone[left].differences(to: try await instance.observe(images[left]))
                    #expect(found == [], "\(first), then \(second), without image \(gone)")
                    #expect(try await instance.clear().isEmpty)
                }
            }
        }

        /// Another program's lease, with a snapshot on top of an image's.
        @Test(arguments: ContainerdVersion.present)
        func whatAnotherHoldsStays(_ suite: String) async throws {
            let instance = try await Fleet.current.instance(suite)
            let images = try await Shared.images()
            try await instance.load([images[0]])
            let held = images[0].chainIDs.map { "\($0)" }
            try await instance.hold(held[1], as: "container")
            try await instance.remove(images[0])
            try await instance.load([images[1]])
            try await instance.remove(images[1])
            let state = try await instance.state()
            #expect(Set(state.snapshots.keys) == Set(held + ["container"]) && state.leases == ["container"])
            #expect(state.images.isEmpty && state.content.isEmpty)
            // Both layers are there: only documents are missing.
            let summary = try await instance.load([images[0]])
            #expect(summary.images == 1 && summary.layers == 0 && summary.bytes == 0)
            try await instance.release("container")
            #expect(try await instance.missing([images[0]]) == [])
            #expect(try await instance.observe(images[0]).state.snapshots.keys.sorted() == held.sorted())
        }

        @Test func nothingOfAnInstanceIsLeft() async throws {
            let version = try #require(try await ContainerdVersion.all().first)
            let instance = try await ContainerdInstance.start(version)
            let pid = await instance.pid
            let image = try await Shared.images()[0]
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

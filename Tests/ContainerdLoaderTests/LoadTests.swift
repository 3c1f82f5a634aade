import BundleModel
import ContainerdTestSupport
import Host
import Synchronization
import SystemPackage
import Testing

@testable import Containerd

/// A real containerd for each test.
@Suite(.serialized, .enabled(if: ContainerdInstance.canRun, ContainerdInstance.skipped))
struct LoadTests {
    static let base = TestLayer(["base": "below", "shared": String(repeating: "x", count: 3_000_000)])
    static let first = TestLayer(["own": "first", "base": "replaced"])
    static let second = TestLayer(["own": "second"])

    static func images() throws -> [TestImage] {
        [
            try TestImage("registry.test/first:1", [base, first]),
            try TestImage("registry.test/group/second:v2", [base, second]),
        ]
    }

    /// What containerd has once these images are loaded and nothing else.
    static func expected(_ images: [TestImage]) -> [String] {
        var lines: Set<String> = []
        for image in images {
            for digest in image.documents.keys { lines.insert("blob \(digest)") }
            for name in image.image.names { lines.insert("image \(name)") }
            for (parent, chain) in zip([nil] + image.chains.map(Optional.some), image.chains) {
                lines.insert("snapshot \(chain) \(parent?.description ?? "") committed")
            }
        }
        return lines.sorted()
    }

    static func load(
        _ containerd: ContainerdInstance, _ images: [TestImage], _ packs: [TestPack]
    ) async throws -> LoadSummary {
        try await load(containerd.socket.string, images, packs)
    }

    static func load(
        _ socket: String, _ images: [TestImage], _ packs: [TestPack]
    ) async throws -> LoadSummary {
        try await ContainerdClient.connected(to: socket) {
            try await ImageLoader($0).load(images.map(\.image), from: packs)
        }
    }

    static func missing(_ containerd: ContainerdInstance, _ images: [TestImage]) async throws -> [String] {
        try await ContainerdClient.connected(to: containerd.socket.string) {
            try await ImageLoader($0).missing(images.map(\.image)).map(\.reason)
        }
    }

    @Test func imagesAreWholeAndNothingElseIsLeft() async throws {
        try await withContainerd { containerd in
            let images = try Self.images()
            let summary = try await Self.load(containerd, images, [TestPack(images)])
            let bytes = [Self.base, Self.first, Self.second].reduce(0) { $0 + $1.tar.count }
            #expect(summary == LoadSummary(images: 2, layers: 3, bytes: UInt64(bytes)))
            #expect(try await containerd.contents() == Self.expected(images))
            // Also after what nothing refers to was collected, and after a restart.
            try await containerd.collectGarbage()
            try await containerd.restart()
            try await containerd.collectGarbage()
            #expect(try await containerd.contents() == Self.expected(images))
            #expect(try await Self.missing(containerd, images) == [])
            let list = try await containerd.require("images", "ls").split(separator: "\n")
            for image in images {
                for name in image.image.names {
                    let line = try #require(list.first { $0.hasPrefix("\(name) ") })
                    #expect(line.contains(image.image.digest.description) && line.contains("pinned=pinned"))
                }
            }
        }
    }

    /// The first image's files, mounted: texts by their names.
    static func files(_ containerd: ContainerdInstance) async throws -> [String: String] {
        let place = containerd.folder.appending("mount")
        try FileSystem.makeDirectories(place)
        try await containerd.require("images", "mount", "registry.test/first:1", place.string)
        let found = Result {
            try FileSystem.list(place).reduce(into: [:]) { $0[$1] = try FileSystem.text(place.appending($1)) }
        }
        try await SystemProcessRunner().require(Command("umount", [place.string]))
        return try found.get()
    }

    @Test func theMountedImageHasItsFiles() async throws {
        try await withContainerd { containerd in
            let images = try Self.images()
            _ = try await Self.load(containerd, images, [TestPack(images)])
            let files = try await Self.files(containerd)
            #expect(files["base"] == "replaced" && files["own"] == "first")
        }
    }

    @Test func anImageStaysWhenAnotherThatSharesItsLayersGoes() async throws {
        try await withContainerd { containerd in
            let images = try Self.images()
            _ = try await Self.load(containerd, images, [TestPack(images)])
            for name in images[0].image.names { try await containerd.require("images", "rm", name) }
            try await containerd.collectGarbage()
            #expect(try await containerd.contents() == Self.expected([images[1]]))
            // And is completed again from the layer that is not there.
            let pack = TestPack(images)
            let summary = try await Self.load(containerd, images, [pack])
            #expect(summary.images == 1 && summary.layers == 1)
            #expect(try await containerd.contents() == Self.expected(images))
        }
    }

    @Test func whatIsThereIsNotReadAgain() async throws {
        try await withContainerd { containerd in
            let images = try Self.images()
            _ = try await Self.load(containerd, images, [TestPack(images)])
            let pack = TestPack(images)
            #expect(try await Self.load(containerd, images, [pack]) == LoadSummary())
            #expect(pack.begun.withLock { $0 } == [])
        }
    }

    /// A manifest that pins an older image, and another one that names the newest by the same tag.
    @Test(arguments: [false, true])
    func aTagThatAPinnedReferenceHasTooIsThePlainOnes(_ isPinnedFirst: Bool) async throws {
        try await withContainerd { containerd in
            let name = "registry.test/app:1"
            let new = try TestImage(name, [Self.base, Self.first])
            let old = try TestImage(name, [Self.base, Self.second])
            let plain = try Self.locked(new, name)
            let pinned = try Self.locked(old, "\(name)@\(old.image.digest)")
            let locked = isPinnedFirst ? [pinned, plain] : [plain, pinned]
            let claims = TagClaims(locked)
            let wanted = locked.map { ImageToLoad($0, claims) }
            let pack = TestPack([new, old])
            let summary = try await ContainerdClient.connected(to: containerd.socket.string) { client in
                try await ImageLoader(client).load(wanted, from: [pack])
            }
            #expect(summary.images == 2 && summary.layers == 3)
            let records = try await containerd.state().images.mapValues(\.digest)
            let (newest, older) = (new.image.digest.description, old.image.digest.description)
            #expect(
                records == [
                    name: newest, "registry.test/app@\(newest)": newest, "registry.test/app@\(older)": older,
                ])
            let again = try await ContainerdClient.connected(to: containerd.socket.string) { client in
                try await ImageLoader(client).load(wanted, from: [pack])
            }
            #expect(again == LoadSummary())

            // A later bundle may say something else of the tag.
            let later = try Self.locked(old, name)
            let moved = ImageToLoad(later, TagClaims([later]))
            _ = try await ContainerdClient.connected(to: containerd.socket.string) { client in
                try await ImageLoader(client).load([moved], from: [pack])
            }
            #expect(try await containerd.state().images[name]?.digest == older)
        }
    }

    private static func locked(_ image: TestImage, _ name: String) throws -> LockedImage {
        LockedImage(
            reference: try ImageReference(name), digest: image.image.digest, mediaType: .index,
            manifest: image.image.manifest, size: 1, roles: [], source: "registry.test")
    }

    /// Its layer comes with an image of an earlier pack, and again below another layer in a later one.
    @Test func aLayerServesSnapshotsOfLaterPacks() async throws {
        try await withContainerd { containerd in
            let late = TestLayer(["late": "1"])
            let one = try TestImage("registry.test/one:1", [Self.base, Self.second])
            let two = try TestImage("registry.test/two:1", [late, Self.second, Self.second])
            let packs = [TestPack([one]), TestPack([two], without: [one])]
            #expect(!packs[1].members.contains { $0.path.contains(Self.second.digest.hex) })
            let summary = try await Self.load(containerd, [one, two], packs)
            #expect(summary.layers == 5)
            #expect(try await containerd.contents() == Self.expected([one, two]))
        }
    }

    @Test func manyLayersAreLoadedInTheirOrder() async throws {
        try await withContainerd { containerd in
            let layers = (0..<30).map { TestLayer(["file": "\($0)", "own\($0)": ""]) }
            let deep = try TestImage("registry.test/deep:1", layers)
            let short = try TestImage("registry.test/short:1", [layers[0], layers[29]])
            let summary = try await Self.load(containerd, [deep, short], [TestPack([deep, short])])
            #expect(summary.layers == 31)
            #expect(try await containerd.contents() == Self.expected([deep, short]))
        }
    }
}

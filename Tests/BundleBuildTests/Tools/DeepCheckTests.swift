import Archive
import BundleBuild
import BundleModel
import FoundationEssentials
import Host
import Payload
import Signing
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

/// What a signature does not rule out: a maker that packed what its own index and documents do not say.
@Suite(.enabled(if: MadeBundle.canBeMade, "SKIPPED: needs dpkg-deb"))
struct DeepCheckTests {
    private func run(_ path: FilePath) async throws -> DeepSummary {
        let bundle = try BundleFile.open(path)
        try await bundle.verify(bundle.index.packs)
        return try await DeepCheck(bundle, progress: SilentProgress()).run()
    }

    @Test func everythingOfAnHonestBundleIsLookedAt() async throws {
        let made = try await MadeBundle()
        let summary = try await run(made.file)
        let members = try made.open().index.packs.flatMap(\.members)
        #expect(summary.members == members.count && summary.bytes == members.reduce(0) { $0 + $1.size })
        #expect(summary.images == 7 && summary.packages == 1)
        // Plain: one that six share, and one each. As published: two of the image that keeps them.
        #expect(summary.layers == 1 + 6 + 2)
    }

    @Test func aLockThatDoesNotFitThePackagesIsFound() async throws {
        let made = try await MadeBundle()
        let deb = try #require(try made.open().index.lock.artifacts.firstIndex { $0.kind == .deb })
        let digest = SHA256Hasher.hash(Array("another".utf8))
        let other = try made.changed("digest") { $0.lock.artifacts[deb].sha256 = digest }
        let error = await #expect(throws: ArchiveError.self) { try await run(other) }
        guard case .wrongDigest("extra/tool_2.0-1_amd64.deb", digest, _) = error else {
            Issue.record("\(error?.message ?? "nothing")")
            return
        }
        let missing = try made.changed("missing") { $0.lock.artifacts.remove(at: deb) }
        let unlisted = await #expect(throws: ArchiveError.self) { try await run(missing) }
        #expect(
            unlisted?.message
                == "member 'packages.json' is not what the index lists: tool 1:2.0-1 is not in the lock")
    }

    @Test func anImageThatIsNotWholeIsFound() async throws {
        let made = try await MadeBundle()
        let absent = SHA256Hasher.hash(Array("absent".utf8))
        let images = try made.open().index.lock.images
        let plain = try #require(images.firstIndex { $0.layers == .unpacked })
        let document = try made.changed("document") { index in
            index.lock.images[plain].digest = absent
            index.lock.images[plain].manifest = absent
        }
        let name = images[plain].reference.description
        await #expect(throws: PayloadError.badImage(name, reason: "document \(absent) is missing")) {
            try await run(document)
        }
        let layer = try made.changed("layer") { $0.lock.images[plain].layers = .original }
        let error = await #expect(throws: PayloadError.self) { try await run(layer) }
        #expect(error?.message.contains("image \(name) whole: layer blobs/sha256/") == true)
    }

    @Test func aLayerThatUnpacksToSomethingElseIsFound() async throws {
        let scratch = try ScratchFolder()
        let layer = SampleLayer("one", "1", .none)
        let wrong = SampleLayer("one", "2", .none).diffID
        let config = Array(
            try CanonicalJSON.encode(
                OCIImageConfig(platform: OCIPlatform(.amd64), rootfs: OCIImageConfig.RootFileSystem(diffIDs: [wrong]))))
        let manifest = Array(
            try CanonicalJSON.encode(
                OCIManifest(
                    config: OCIDescriptor(
                        mediaType: .config, digest: SHA256Hasher.hash(config), size: UInt64(config.count)),
                    layers: [
                        OCIDescriptor(
                            mediaType: .layer(.none), digest: SHA256Hasher.hash(layer.tar),
                            size: UInt64(layer.tar.count))
                    ])))
        let documents = [config, manifest].sorted {
            SHA256Hasher.hash($0).hex < SHA256Hasher.hash($1).hex
        }
        let made = try await MadeBundle()
        let file = scratch.path.appending("images.pack")
        let output = try FileDescriptor.open(
            file, .readWrite, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
        let summary = try output.closeAfter {
            let writer = try TarPackWriter(
                output: output, compression: Compression(level: 1, windowLog: 20), threads: 1, modificationTime: 0,
                order: .given)
            func add(_ content: [UInt8]) throws {
                let path = ImageMember.blob(SHA256Hasher.hash(content)).path
                try writer.add(.bytes(path: path, mode: 0o644, content: content))
            }
            try writer.beginPart(ImageMember.documentsPart, roles: [])
            for document in documents { try add(document) }
            try writer.beginPart("layers", roles: [])
            try add(layer.tar)
            return try writer.finish()
        }
        let pack = summary.pack(name: ImagePack.name, content: .images, selector: Pack.Selector())
        let reference = try ImageReference("registry.example/app:1")
        let digest = SHA256Hasher.hash(manifest)
        var index = try made.open().index
        index.packs = [pack]
        index.lock.images = [
            LockedImage(
                reference: reference, digest: digest, mediaType: .manifest, manifest: digest, size: 1,
                layers: .original, roles: NodeRole.allCases, source: "file:images")
        ]
        let json = Array(try CanonicalJSON.encode(index))
        let path = scratch.path.appending("lying.run")
        try BundleWriter.write(
            to: path, head: nil, index: json, signatures: [], packs: [(pack, file)], modificationTime: 0)
        let reason =
            "layer \(SHA256Hasher.hash(layer.tar)) unpacks to \(layer.diffID), its config says \(wrong)"
        await #expect(throws: PayloadError.badImage(reference.description, reason: reason)) { try await run(path) }
    }

    @Test func whatTheLockListsAndNoPackHasIsFound() async throws {
        let made = try await MadeBundle()
        var deb = try #require(try made.open().index.lock.artifacts.first { $0.kind == .deb })
        deb.name = "absent"
        let extra = try made.changed("extra") { $0.lock.artifacts.append(deb) }
        let error = await #expect(throws: ArchiveError.self) { try await run(extra) }
        #expect(error?.message.contains("lacks absent 1:2.0-1 for ") == true, "\(error?.message ?? "")")
        #expect(error?.category == .bundleDamaged)
    }

    @Test func aProgramThatIsNotTheLocksIsFound() async throws {
        let made = try await MadeBundle()
        let kubelet = try #require(try made.open().index.lock.artifacts.firstIndex { $0.name == "kubelet" })
        let digest = SHA256Hasher.hash(Array("another".utf8))
        let other = try made.changed("other") { $0.lock.artifacts[kubelet].sha256 = digest }
        let error = await #expect(throws: ArchiveError.self) { try await run(other) }
        guard case .wrongDigest("usr/local/bin/kubelet", digest, _) = error else {
            Issue.record("\(error?.message ?? "nothing")")
            return
        }
        let absent = try made.changed("absent") { index in
            var artifact = index.lock.artifacts[kubelet]
            artifact.name = "absent"
            artifact.sha256 = digest
            index.lock.artifacts.append(artifact)
        }
        let missing = await #expect(throws: ArchiveError.self) { try await run(absent) }
        #expect(missing?.message.hasSuffix("lacks absent 1.20.2") == true, "\(missing?.message ?? "")")
    }
}

import BundleModel
import Containerd
import ContainerdTestSupport
import Host
import Signing
import SystemPackage
import Testing

extension Exactness {
    /// What differs from an import on purpose, and what an image is good for beyond running.
    struct ExportTests {
        /// `ctr images import` as anybody calls it, and our loader: every difference, spelled out.
        @Test(arguments: ContainerdVersion.present)
        func nothingButThePinAndTheNameByDigestDiffersFromAPlainImport(_ suite: String) async throws {
            let instance = try await Fleet.current.instance(suite)
            let image = try await Shared.images()[0]
            var expected = try await instance.reference(of: image, .plain)
            #expect(Set(expected.state.images.keys) == [image.tagged, "\(image.config.digest)"])
            try await instance.clear()
            let ours = try await instance.loaded(image)

            let pin = ["io.cri-containerd.pinned": "pinned"]
            expected.state.images[image.references[1]] = expected.state.images[image.tagged]
            for name in image.references { expected.state.images[name]?.labels.merge(pin) { $1 } }
            // Each layer's own digest, on the snapshot that it tops.
            for (layer, chain) in zip(image.layers, image.chainIDs) {
                expected.state.snapshots["\(chain)"]?.labels["io.kubeferry.verified"] = "\(layer.diffID)"
            }
            if !instance.version.hasDiscardMode {
                for (number, layer) in image.layers.enumerated() {
                    #expect(expected.state.content.removeValue(forKey: "\(layer.blobDigest)") != nil)
                    expected.state.blobFiles.removeAll { $0 == layer.blobDigest.hex }
                    let label = "containerd.io/gc.ref.content.l.\(number)"
                    let removed = expected.state.content["\(image.manifest.digest)"]?.removeValue(forKey: label)
                    #expect(removed == "\(layer.blobDigest)")
                }
            }
            // Also the labels that are ours alone.
            #expect(expected.differences(to: ours, ownLabels: []) == [], "\(instance.version)")
        }

        /// `layers: original`: all is as after an import that keeps the blobs, and so is what is exported.
        @Test(arguments: ContainerdVersion.present)
        func anOriginalImageIsExportedAsAnImportedOne(_ suite: String) async throws {
            let instance = try await Fleet.current.instance(suite)
            for name in ["oci-index", "docker-manifest", "several-frames"] {
                let image = try await Fleet.current.image(try #require(NastyImages.named(name)))
                let reference = try await instance.reference(of: image, .keeping)
                #expect(
                    reference.state.content.count == image.documents.count + Set(image.layers.map(\.blobDigest)).count)
                let imported = try await instance.export(image)
                #expect(imported.status == 0, "\(imported.message)")
                try await expectSame(reference, image, instance, keepsBlobs: true, [.direct])
                let ours = try await instance.export(image)
                #expect(ours == imported, "\(instance.version), \(name)")
                try await instance.clear()
            }
        }

        /// Without layer blobs an image cannot be exported, ours as little as containerd's; an import brings them back.
        @Test(arguments: ContainerdVersion.present)
        func anUnpackedImageIsNoExportUntilItIsImported(_ suite: String) async throws {
            let instance = try await Fleet.current.instance(suite)
            let image = try await Shared.images()[0]
            let reference = try await instance.reference(of: image)
            let imported = try await instance.export(image)
            #expect(imported.status != 0)
            try await instance.clear()
            try await instance.load([image])
            let ours = try await instance.export(image)
            #expect(ours.status == imported.status && ours.message == imported.message)

            let repair = try await instance.importImage(image, .keeping)
            #expect(repair.status == 0, "\(repair.ending)")
            #expect(try await instance.export(image).status == 0)
            let repaired = try await instance.observe(image)
            #expect(reference.merged == repaired.merged && reference.layers == repaired.layers)
            // An import writes its records anew: the pin is gone, and comes back with the next load.
            #expect(try await instance.load([image]).layers == 0)
            #expect(try await instance.load([image]) == .nothing)
        }
    }
}

private struct Export: Equatable {
    let status: Int32
    /// Of the archive.
    let digest: SHA256Digest?
    /// What it failed with, without the time.
    let message: String
}

extension ContainerdInstance {
    fileprivate func export(_ image: BuiltImage) async throws -> Export {
        let file = folder.appending("export.tar")
        try FileSystem.remove(file)
        let result = try await ctr(["images", "export"] + version.locally + [file.string, image.tagged])
        let words = result.standardError.split(separator: " ").filter { !$0.hasPrefix("time=") }
        guard result.status == 0 else {
            return Export(status: result.status, digest: nil, message: words.joined(separator: " "))
        }
        return Export(status: 0, digest: try SHA256Hasher.hash(file: file), message: "")
    }
}

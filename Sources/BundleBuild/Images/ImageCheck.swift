import Archive
import BundleModel
import FoundationEssentials
import Host
import Layers
import Signing

/// Reads images' layers as a stream and compares them with what the images' documents say. Keeps no layer, in memory or
/// on disk; of one that several images share it remembers the outcome.
public final class ImageCheck {
    private var measures: [SHA256Digest: (measure: LayerFile.Measure, finding: LayerScan.Verdict)] = [:]

    public init() {}

    /// Blocks.
    ///
    /// - Throws: `BundleBuildError.badImage` that names the image and the layer.
    public func check(_ image: ObtainedImage) throws -> CheckedImage {
        let blobs = Dictionary(image.blobs.map { ($0.digest, $0) }) { first, _ in first }
        func bad(_ reason: String) -> BundleBuildError { .badImage(image.reference.description, reason: reason) }
        func document(_ digest: SHA256Digest, _ what: String) throws -> [UInt8] {
            guard let blob = blobs[digest] else { throw bad("its \(what) \(digest) is missing") }
            let bytes = try blob.bytes(limit: Int(ImageMember.documentLimit))
            let actual = SHA256Hasher.hash(bytes)
            guard actual == digest else { throw bad("its \(what) is \(actual), expected \(digest)") }
            return bytes
        }

        let target = try document(image.target.digest, "index or manifest")
        var documents = [image.target.digest: target]
        var manifestType = image.target.mediaType
        let (manifest, config): (OCIManifest, OCIImageConfig)
        do {
            if case .index(let index) = try OCIDocument(Data(target), cameAs: image.target.mediaType).content {
                guard let entry = index.manifests.first(where: { $0.digest == image.manifest }) else {
                    throw bad("its index does not list manifest \(image.manifest)")
                }
                manifestType = entry.mediaType
            }
            let bytes = try document(image.manifest, "manifest")
            documents[image.manifest] = bytes
            guard case .manifest(let found) = try OCIDocument(Data(bytes), cameAs: manifestType).content else {
                throw bad("its manifest is an index")
            }
            manifest = found
            try Self.refuseForeign(found, of: image.reference)
            let text = try document(found.config.digest, "config")
            documents[found.config.digest] = text
            guard let read = try Self.config(text, found.config.mediaType) else {
                throw bad("an artifact with a '\(found.config.mediaType.rawValue)', which no node can run")
            }
            config = read
        } catch let error as DecodingError {
            throw bad("its documents cannot be read: \(CanonicalJSON.explanation(of: error))")
        }
        let diffIDs = config.rootfs.diffIDs
        guard manifest.layers.count == diffIDs.count else {
            throw bad("\(manifest.layers.count) layers, and \(diffIDs.count) in its config")
        }
        let layers = try zip(manifest.layers, diffIDs).enumerated().map { number, pair in
            let name = "layer \(number + 1) of \(diffIDs.count), \(pair.0.digest),"
            guard pair.0.mediaType.isLayer else { throw bad("\(name) is '\(pair.0.mediaType.rawValue)', no layer") }
            guard let blob = blobs[pair.0.digest], case .file(let path) = blob.content else {
                throw bad("\(name) is missing")
            }
            let file = LayerFile(path)
            let (measure, verdict) = try self.measure(file, pair.0.digest) { bad("\(name) \($0)") }
            guard measure.blob == pair.0.digest else { throw bad("\(name) has the content \(measure.blob)") }
            guard measure.blobSize == pair.0.size else {
                throw bad("\(name) has \(measure.blobSize) bytes, its manifest says \(pair.0.size)")
            }
            guard measure.diffID == pair.1 else {
                throw bad("\(name) unpacks to \(measure.diffID), its config says \(pair.1)")
            }
            var layer = CheckedImage.Layer(
                file: file, blob: measure.blob, diffID: measure.diffID, size: measure.size)
            switch verdict {
            case .direct: break
            case .unsupported(let reason): layer.notDirect = reason.printable
            case .refused(let reason): throw bad("\(name) is one that containerd refuses: \(reason.printable)")
            }
            return layer
        }
        return CheckedImage(documents: documents, layers: layers)
    }

    /// Nil where it is that of something else that lies in a registry: a chart, a signature, any file.
    private static func config(_ bytes: [UInt8], _ type: OCIMediaType) throws -> OCIImageConfig? {
        do {
            return try CanonicalJSON.decode(OCIImageConfig.self, from: Data(bytes))
        } catch is DecodingError where type.kind != .config {
            return nil
        }
    }

    /// Before anybody asks a registry for what it may not have.
    static func refuseForeign(_ manifest: OCIManifest, of reference: ImageReference) throws {
        guard let foreign = manifest.foreignLayer else { return }
        throw BundleBuildError.badImage(
            reference.description,
            reason: "layer \(foreign.digest) is not distributable ('\(foreign.mediaType.rawValue)'"
                + "\((foreign.urls ?? []).isEmpty ? "" : ", with URLs")): it cannot be in a bundle")
    }

    private func measure(
        _ file: LayerFile, _ digest: SHA256Digest, _ bad: (String) -> BundleBuildError
    ) throws -> (measure: LayerFile.Measure, finding: LayerScan.Verdict) {
        if let known = measures[digest] { return known }
        do {
            let measure = try file.measure { try LayerScan($0).verdict }
            measures[digest] = measure
            return measure
        } catch let error as ArchiveError where error.isAboutContent {
            throw bad("cannot be unpacked: \(error.message)")
        }
    }
}

extension OCIMediaType {
    fileprivate var isLayer: Bool {
        if case .layer = kind { return true }
        return false
    }
}

extension ObtainedImage.Blob {
    fileprivate func bytes(limit: Int) throws -> [UInt8] {
        switch content {
        case .file(let path): try FileSystem.read(path, limit: limit)
        case .bytes(let bytes): bytes
        }
    }
}

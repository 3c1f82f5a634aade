import BundleModel
import FoundationEssentials
import Host
import Signing
import SystemPackage

extension ImageBuilder {
    /// The layer as a tar file, and its published blob in the layout.
    func build(
        _ layer: ImagePlan.Layer, number: Int, family: ImagePlan.Family, stated: SHA256Digest?, _ place: FilePath,
        _ blobs: FilePath
    ) async throws -> BuiltImage.BuiltLayer {
        let tar: FilePath
        switch layer.content {
        case .file(let path): tar = path
        case .bytes(let bytes):
            tar = place.appending("layer\(number).tar")
            try write(bytes, tar)
        }
        let packed = place.appending("layer\(number).packed")
        try await compress(tar, layer.compression, to: packed)
        let diffID = try await BlockingPool.shared.run { try SHA256Hasher.hash(file: tar) }
        let digest = try await BlockingPool.shared.run { try SHA256Hasher.hash(file: packed) }
        let blob = blobs.appending(digest.hex)
        // The same layer twice is one blob.
        try FileSystem.remove(blob)
        try FileManager.default.moveItem(atPath: packed.string, toPath: blob.string)
        return BuiltImage.BuiltLayer(
            diffID: diffID, statedDiffID: stated ?? diffID, tar: tar, size: try size(tar),
            mediaType: family.layer(layer.compression), blob: blob, blobDigest: digest, blobSize: try size(blob))
    }

    private func compress(_ tar: FilePath, _ compression: ImagePlan.Layer.Compression, to packed: FilePath)
        async throws
    {
        try FileSystem.remove(packed)
        let runner = SystemProcessRunner()
        switch compression {
        case .none: try await runner.require(Command("cp", ["--sparse=always", tar.string, packed.string]))
        case .gzipMembers: try await inHalves(tar, "gzip -nc1", to: packed)
        case .zstdFrames: try await inHalves(tar, "zstd -qc", to: packed)
        case .zstd: try await runner.require(Command("zstd", ["-q", "-3", tar.string, "-o", packed.string]))
        case .gzip:
            // gzip names what it writes itself.
            let link = packed.string + ".tmp"
            try FileSystem.remove(FilePath(link))
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: tar.string)
            try await runner.require(Command("gzip", ["-nfk1", link], timeout: 600))
            try FileSystem.remove(FilePath(link))
            try FileManager.default.moveItem(atPath: link + ".gz", toPath: packed.string)
        }
    }

    private func inHalves(_ tar: FilePath, _ program: String, to packed: FilePath) async throws {
        let script = """
            half=$(($(stat -c %s "$1") / 2))
            { head -c $half "$1" | \(program) && tail -c +$((half + 1)) "$1" | \(program); } >"$2"
            """
        try await SystemProcessRunner().require(Command("sh", ["-c", script, "sh", tar.string, packed.string]))
    }

    func write(_ bytes: [UInt8], _ path: FilePath) throws {
        let file = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: [.ownerReadWrite])
        _ = try file.closeAfter { try file.writeAll(bytes) }
    }

    private func size(_ path: FilePath) throws -> UInt64 {
        try FileSystem.status(path)?.size ?? 0
    }
}

import Archive
import BundleModel
import Host
import Signing
import SystemPackage
import Testing

/// Layers as registries have them, by the stock compressors.
struct LayerFileTests {
    private let tar = [UInt8](repeating: 0x61, count: 3 << 20)

    private func layer(_ command: String, _ folder: PackFolder, _ content: [UInt8]? = nil) async throws -> LayerFile {
        let (plain, packed) = (folder.path.appending("plain"), folder.path.appending("packed"))
        try AtomicFile.write(content ?? tar, to: plain)
        try await SystemProcessRunner().require(
            Command("sh", ["-c", "set -e; cd \"$1\"; \(command)", "sh", folder.path.string]))
        return LayerFile(packed)
    }

    @Test(arguments: [
        "cp plain packed", "gzip -nc plain >packed", "zstd -q plain -o packed",
        // What stargz and zstd:chunked make: several streams one behind the other.
        "(head -c 1000000 plain | gzip -n; tail -c +1000001 plain | gzip -n) >packed",
        "(head -c 1000000 plain | zstd -q; tail -c +1000001 plain | zstd -q) >packed",
    ])
    func everyFormUnpacksToTheSame(_ command: String) async throws {
        let folder = try PackFolder()
        let file = try await layer(command, folder)
        let measure = try file.measure()
        #expect(measure.diffID == SHA256Hasher.hash(tar))
        #expect(measure.size == UInt64(tar.count))
        #expect(try measure.blob == SHA256Hasher.hash(file: file.path))
        #expect(try measure.blobSize == FileSystem.status(file.path)?.size)
    }

    @Test(arguments: ["cp plain packed", "gzip -nc plain >packed", "zstd -q plain -o packed"])
    func aLayerOfNothingIsOne(_ command: String) async throws {
        let folder = try PackFolder()
        let measure = try await layer(command, folder, []).measure()
        #expect(measure.diffID == SHA256Hasher.hash([UInt8]()) && measure.size == 0)
    }

    @Test(arguments: ["gzip -nc plain | head -c 2000 >packed", "zstd -qc plain | head -c 100 >packed"])
    func aLayerThatEndsEarlyIsDamaged(_ command: String) async throws {
        let folder = try PackFolder()
        let file = try await layer(command, folder)
        #expect(throws: ArchiveError.self) { try file.measure() }
    }

    /// containerd refuses such a layer, whatever libarchive does.
    @Test(arguments: [
        "(gzip -nc plain; echo more) >packed", "(gzip -nc plain; head -c 512 /dev/zero) >packed",
        "(gzip -nc plain; gzip -nc plain; head -c 600000 /dev/urandom) >packed", "(gzip -n </dev/null; echo x) >packed",
        "(zstd -qc plain; echo no frame at all) >packed",
    ])
    func bytesAfterTheCompressedStreamAreDamage(_ command: String) async throws {
        let folder = try PackFolder()
        let file = try await layer(command, folder)
        #expect {
            try file.measure()
        } throws: {
            guard case ArchiveError.corrupt(_, _, let reason) = $0 else { return false }
            return reason.contains("after the end of the compressed stream") || reason.contains("Unknown frame")
        }
    }

    /// As zstd:chunked ends.
    @Test func aSkippableFrameIsPartOfTheStream() async throws {
        let folder = try PackFolder()
        let frame = #"\120\052\115\030\004\000\000\000toc!"#
        let file = try await layer("(zstd -qc plain; printf '\(frame)') >packed", folder)
        #expect(try file.measure().diffID == SHA256Hasher.hash(tar))
    }

    @Test func whoeverLooksAtALayerSeesThePlainTar() async throws {
        let folder = try PackFolder()
        let file = try await layer("gzip -nc plain >packed", folder)
        // Less than all of it, too: the measure is of all.
        let (measure, first) = try file.measure { source in
            try withUnsafeTemporaryAllocation(byteCount: 4, alignment: 1) {
                Array($0.prefix(try source.read(into: $0)))
            }
        }
        #expect(first == Array(tar.prefix(4)))
        #expect(try measure == file.measure())
    }

    @Test(arguments: ["gzip -nc plain >packed", "zstd -q plain -o packed", "cp plain packed"])
    func aLayerThatUnpacksToMoreThanTheLimitIsGivenUp(_ command: String) async throws {
        let folder = try PackFolder()
        let file = try await layer(command, folder)
        #expect(throws: Never.self) { try file.measure(limit: UInt64(tar.count)) }
        #expect {
            try file.measure(limit: UInt64(tar.count - 1))
        } throws: {
            guard case ArchiveError.corrupt(_, _, let reason) = $0 else { return false }
            return reason.contains("unpacks to more than \(tar.count - 1) bytes")
        }
    }

    @Test func aLayerThatChangedAfterItWasMeasuredIsNotPacked() async throws {
        let folder = try PackFolder()
        let file = try await layer("gzip -nc plain >packed", folder)
        let measure = try file.measure()
        func pack(_ size: UInt64, _ digest: SHA256Digest) throws {
            _ = try folder.write([.layer(path: "layer", mode: 0o644, source: file, size: size, sha256: digest)])
        }
        #expect(throws: Never.self) { try pack(measure.size, measure.diffID) }
        let other = SHA256Hasher.hash([1])
        for (size, digest) in [(measure.size, other), (measure.size + 1, measure.diffID), (1, measure.diffID)] {
            #expect(throws: ArchiveError.unusableSource(file.path.string, reason: "changed while it was read")) {
                try pack(size, digest)
            }
        }
    }
}

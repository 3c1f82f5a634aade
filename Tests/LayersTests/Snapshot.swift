import Archive
import BundleModel
import FoundationEssentials
import Host
import Layers
import SystemPackage
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// An overlay's folders in a scratch folder, with a canary beside them that no layer may touch.
final class Snapshot: Sendable {
    static let isPossible = geteuid() == 0 && access("/usr/bin/python3", X_OK) == 0
    static let needs = "SKIPPED: devices, owners and trusted attributes need root, listings python3"

    let path: FilePath
    var upper: FilePath { path.appending("snapshots/upper") }
    var lower: FilePath { path.appending("snapshots/lower") }
    private var canary: FilePath { path.appending("canary") }

    init() throws {
        path = FilePath("/tmp/kubeferry-layers-\(UUID().uuidString)")
        for folder in [upper, lower] { try FileSystem.makeDirectories(folder) }
        try AtomicFile.write(Array("alive".utf8), to: canary)
    }

    deinit { try? FileManager.default.removeItem(atPath: path.string) }

    /// Unpacks above `lower`, or as the lowest layer.
    @discardableResult
    func unpack(_ tar: [UInt8], lowest: Bool = false) throws -> LayerSummary {
        let folder = try FileDescriptor.open(upper, .readOnly, options: [.directory])
        return try folder.closeAfter {
            try LayerUnpacker(upper: folder, lowers: lowest ? [] : [lower]).unpack(Bytes(tar))
        }
    }

    @discardableResult
    func unpack(lowest: Bool = false, _ build: (inout RawTar) -> Void) throws -> LayerSummary {
        var tar = RawTar()
        build(&tar)
        return try unpack(tar.whole, lowest: lowest)
    }

    func tree() async throws -> Tree { try await Tree(upper) }

    /// The layer that `build` makes is refused as containerd refuses it.
    func refuses(lowest: Bool = false, _ build: (inout RawTar) -> Void, at location: SourceLocation = #_sourceLocation)
    {
        #expect(sourceLocation: location) {
            try unpack(lowest: lowest, build)
        } throws: {
            guard case LayerError.refused = $0 else { return false }
            return true
        }
    }

    /// The layer that `build` makes is left to containerd.
    func leaves(lowest: Bool = false, _ build: (inout RawTar) -> Void, at location: SourceLocation = #_sourceLocation) {
        #expect(sourceLocation: location) {
            try unpack(lowest: lowest, build)
        } throws: {
            guard case LayerError.unsupported = $0 else { return false }
            return true
        }
    }

    /// Nothing beside the upper folder has changed.
    func expectNothingOutside(at location: SourceLocation = #_sourceLocation) throws {
        #expect(try FileSystem.list(path) == ["canary", "snapshots"], sourceLocation: location)
        #expect(try FileSystem.list(path.appending("snapshots")) == ["lower", "upper"], sourceLocation: location)
        #expect(try FileSystem.list(lower) == [], sourceLocation: location)
        #expect(try FileSystem.text(canary) == "alive", sourceLocation: location)
        #expect(try FileSystem.status(canary)?.mode == 0o644, sourceLocation: location)
    }
}

/// Bytes as a source that gives them in odd pieces.
final class Bytes: ByteSource {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, 70_001, bytes.count - offset)
        buffer.copyBytes(from: bytes[offset..<offset + count])
        offset += count
        return count
    }
}

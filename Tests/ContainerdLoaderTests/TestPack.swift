import Archive
import BundleModel
import Signing
import Synchronization

@testable import Containerd

/// A pack of images in memory, in the order that packs have.
final class TestPack: ImagePack {
    let members: [Pack.Member]
    private let contents: [[UInt8]]
    /// Members that were begun, over all readings.
    let begun = Mutex<[String]>([])
    /// Called before each member.
    private let before: @Sendable (Pack.Member) throws -> Void

    /// - Parameter layers: by path, in place of the images' own; an empty one leaves the member out.
    init(
        _ images: [TestImage], without others: [TestImage] = [], replacing: [String: [UInt8]] = [:],
        before: @escaping @Sendable (Pack.Member) throws -> Void = { _ in }
    ) {
        var parts: [(String, [UInt8])] = []
        let documents = images.flatMap(\.documents).map { ("blobs/sha256/\($0.key.hex)", $0.value) }
        parts += documents.sorted { $0.0 < $1.0 }
        for image in images {
            parts += image.blobs.map { ("blobs/sha256/\(SHA256Hasher.hash($0).hex)", $0) }
            if image.blobs.isEmpty {
                parts += image.layers.map { ("layers/sha256/\($0.digest.hex)", $0.tar) }
            }
        }
        var seen = Set(others.flatMap { $0.layers.map { "layers/sha256/\($0.digest.hex)" } })
        parts = parts.filter { seen.insert($0.0).inserted }.map { ($0.0, replacing[$0.0] ?? $0.1) }
            .filter { !$0.1.isEmpty }
        members = parts.map { Pack.Member(path: $0.0, mode: 0o644, size: UInt64($0.1.count), sha256: nil) }
        contents = parts.map(\.1)
        self.before = before
    }

    func forEachMember(_ body: (Pack.Member, any ByteSource) throws -> Bool) throws {
        for (member, content) in zip(members, contents) {
            try before(member)
            begun.withLock { $0.append(member.path) }
            guard try body(member, Bytes(content)) else { return }
        }
    }

    private final class Bytes: ByteSource {
        private var rest: ArraySlice<UInt8>

        init(_ bytes: [UInt8]) { rest = bytes[...] }

        func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            // Less than asked for, as streams do.
            let count = min(buffer.count, rest.count, 100_000)
            buffer.copyBytes(from: rest.prefix(count))
            rest = rest.dropFirst(count)
            return count
        }
    }
}

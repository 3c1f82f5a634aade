import Archive
import BundleModel
import Containerd
import Host
import SystemPackage

/// Images that tests built, as a pack of a bundle would hold them: documents, then each layer once.
struct BuiltPack: ImagePack {
    private enum Content: Sendable {
        case bytes([UInt8])
        case file(FilePath)
    }

    let members: [Pack.Member]
    private let contents: [Content]

    /// - Parameter keepsBlobs: layers as they are published, instead of plain.
    init(_ images: [BuiltImage], keepsBlobs: Bool) {
        var parts: [(member: Pack.Member, content: Content)] = []
        func add(_ member: ImageMember, _ size: UInt64, _ content: Content) {
            parts.append((Pack.Member(path: member.path, mode: 0o644, size: size), content))
        }
        for document in images.flatMap(\.documents).sorted(by: { $0.digest < $1.digest }) {
            add(.blob(document.digest), UInt64(document.bytes.count), .bytes(document.bytes))
        }
        for layer in images.flatMap(\.layers) {
            if keepsBlobs {
                add(.blob(layer.blobDigest), layer.blobSize, .file(layer.blob))
            } else {
                // By what the config says: a lie is for the loader to find.
                add(.layer(layer.statedDiffID), layer.size, .file(layer.tar))
            }
        }
        var seen: Set<String> = []
        parts = parts.filter { seen.insert($0.member.path).inserted }
        members = parts.map(\.member)
        contents = parts.map(\.content)
    }

    func forEachMember(_ body: (Pack.Member, any ByteSource) throws -> Bool) throws {
        for (member, content) in zip(members, contents) {
            switch content {
            case .bytes(let bytes): guard try body(member, MemorySource(bytes)) else { return }
            case .file(let path): guard try body(member, FileByteSource(path)) else { return }
            }
        }
    }

    private final class MemorySource: ByteSource {
        private var rest: ArraySlice<UInt8>

        init(_ bytes: [UInt8]) { rest = bytes[...] }

        func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            let count = min(buffer.count, rest.count)
            buffer.copyBytes(from: rest.prefix(count))
            rest = rest.dropFirst(count)
            return count
        }
    }
}

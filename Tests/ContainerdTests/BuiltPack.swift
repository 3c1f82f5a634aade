import Archive
import BundleModel
import Containerd
import ContainerdTestSupport
import Host
import SystemPackage

/// An image that a test built, as a pack of a bundle would hold it: documents, then each plain layer once.
struct BuiltPack: ImagePack {
    private enum Content: Sendable {
        case bytes([UInt8])
        case file(FilePath)
    }

    let members: [Pack.Member]
    private let contents: [Content]

    init(_ image: BuiltImage) {
        var parts: [(member: Pack.Member, content: Content)] = []
        for document in image.documents.sorted(by: { $0.digest < $1.digest }) {
            let path = ImageMember.blob(document.digest).path
            parts.append(
                (Pack.Member(path: path, mode: 0o644, size: UInt64(document.bytes.count)), .bytes(document.bytes)))
        }
        // By what the config says: a lie is for the loader to find.
        for layer in image.layers {
            let path = ImageMember.layer(layer.statedDiffID).path
            parts.append((Pack.Member(path: path, mode: 0o644, size: layer.size), .file(layer.tar)))
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

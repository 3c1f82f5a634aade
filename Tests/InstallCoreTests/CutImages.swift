import Archive
import BundleModel
import Host
import Signing
import SystemPackage

@testable import InstallCore

/// The sample's pack without some of its layers, as a delta has it.
struct CutImages: BundleContent {
    let index: BundleIndex
    private let file: FilePath

    /// - Parameter left: paths of members that the base brings.
    init(_ whole: SampleImages, without left: Set<String>, in folder: FilePath) throws {
        let contents = try Self.contents(whole)
        let file = folder.appending("delta.pack")
        let output = try FileDescriptor.open(
            file, .readWrite, options: [.create, .truncate], permissions: .ownerReadWrite)
        let summary = try output.closeAfter {
            let writer = try TarPackWriter(
                output: output, compression: whole.pack.compression, threads: 1, modificationTime: 0, order: .given)
            var rest = whole.pack.members[...]
            for part in whole.pack.parts ?? [] {
                let members = rest.prefix(part.members).filter { !left.contains($0.path) }
                rest = rest.dropFirst(part.members)
                if members.isEmpty { continue }
                try writer.beginPart(part.name, roles: part.roles)
                for member in members {
                    try writer.add(
                        .bytes(path: member.path, mode: member.mode, content: contents[member.path] ?? []))
                }
            }
            return try writer.finish()
        }
        var pack = summary.pack(name: whole.pack.name, content: .images, selector: Pack.Selector())
        pack.omitted = whole.pack.members.filter { left.contains($0.path) }
        var index = whole.index
        index.base = Base(whole.index, digest: pack.digest)
        index.packs = [pack]
        self.index = index
        self.file = file
    }

    private static func contents(_ whole: SampleImages) throws -> [String: [UInt8]] {
        var contents: [String: [UInt8]] = [:]
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        try whole.reader(whole.pack, whole.pack.whole).forEachMember(whole.pack.members) { member, content in
            var bytes: [UInt8] = []
            while true {
                let count = try content.read(into: buffer)
                if count == 0 { break }
                bytes += buffer[..<count]
            }
            contents[member.path] = bytes
            return true
        }
        return contents
    }

    func reader(_ pack: Pack, _ prefix: Pack.Prefix) throws -> PackReader {
        try SampleImages.reader(of: file, pack, prefix)
    }

    func keep(_ reader: PackReader?) {}
    func verify(_ packs: [Pack], for role: NodeRole, progress: any ProgressSink) async throws {}
    func executable() throws -> [UInt8] { [] }
    func executableHead() throws -> Head { Head(size: 0, sha256: SHA256Hasher.hash([UInt8]())) }
}

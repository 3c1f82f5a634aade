import BundleModel
import FoundationEssentials
import Signing
import SystemPackage

@testable import Payload

/// A bundle as an attacker may put it together: nothing is compared with anything.
struct RawBundle {
    var head: [UInt8] = []
    var index: BundleIndex
    var signatures: [BundleSignature] = []
    /// Names in the outer tar and contents.
    var packs: [(name: String, content: [UInt8])] = []
    /// After the packs, before the end mark.
    var more: [UInt8] = []

    /// The parts of a real one.
    init(_ sample: SampleBundle) throws {
        let bundle = try BundleFile.open(sample.file)
        let bytes = try sample.bytes
        index = bundle.index
        signatures = bundle.signatures
        head = Array(bytes[..<Int(bundle.headRegion?.upperBound ?? 0)])
        packs = try index.packs.map { pack in
            let range = try bundle.region(of: pack)
            return (pack.path, Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)]))
        }
    }

    /// - Parameter key: signs the index; nil leaves the signatures as they are.
    func write(to path: FilePath, key: SigningKey? = nil) throws {
        let bytes = Array(try CanonicalJSON.encode(index))
        let output = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        try output.closeAfter {
            let head = head + [UInt8](repeating: 0, count: (4096 - head.count % 4096) % 4096)
            try output.writeAll(head)
            var tar = OuterTarWriter(output: output, modificationTime: 0)
            try tar.add(BundleIndex.fileName, bytes)
            for signature in try key.map({ [try $0.signature(over: bytes)] }) ?? signatures {
                try tar.add("signatures/\(signature.keyID).sig", signature.signature)
                try tar.add("signatures/\(signature.keyID).pub", signature.publicKey?.pem ?? [])
            }
            for pack in packs { try tar.add(pack.name, pack.content) }
            let end = try output.seek(offset: 0, from: .end)
            try output.writeAll(more + [UInt8](repeating: 0, count: 1024))
            let length = UInt64(end) + UInt64(more.count) + 1024 - UInt64(head.count)
            try output.writeAll(
                Trailer(offset: UInt64(head.count), length: length, index: SHA256Hasher.hash(bytes)).encode())
        }
    }

    /// Whether opening says that the bundle is damaged, and so ends with 30; nil when it opens.
    static func reason(_ path: FilePath) throws -> String? {
        do {
            _ = try BundleFile.open(path)
            return nil
        } catch PayloadError.damaged(_, _, _, let reason) {
            return reason
        }
    }
}

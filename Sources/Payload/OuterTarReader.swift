import BundleModel
import Signing
import SystemPackage

/// Walks the outer tar. Every header, every padding byte and the end are as this project writes them, or refused.
struct OuterTarReader {
    struct Entry {
        let header: TarHeader
        /// Where the content is in the file.
        let content: Range<UInt64>
    }

    let file: RandomAccessFile
    /// Where the next header is.
    private(set) var position: UInt64
    private let end: UInt64

    init(file: RandomAccessFile, position: UInt64, end: UInt64) {
        self.file = file
        self.position = position
        self.end = end
    }

    /// The next entry, without moving on; nil at the end mark.
    func peek() throws -> Entry? {
        guard end - position >= TarHeader.blockSize else { throw damaged("the tar ends without its end mark") }
        let block = try file.read(position..<position + TarHeader.blockSize)
        if block.allSatisfy({ $0 == 0 }) { return nil }
        guard let header = TarHeader.decode(block) else { throw damaged("not a header of a bundle") }
        let start = position + TarHeader.blockSize
        guard header.size <= end - start, TarHeader.padded(header.size) <= end - start else {
            throw damaged("member \(header.name) reaches beyond the tar")
        }
        return Entry(header: header, content: start..<start + header.size)
    }

    /// The next entry, which must have this name.
    mutating func next(expecting name: String) throws -> Entry {
        guard let entry = try peek(), entry.header.name == name else { throw damaged("expected member \(name)") }
        let padding = entry.content.upperBound..<position + entry.header.span
        guard try file.read(padding).allSatisfy({ $0 == 0 }) else {
            throw PayloadError.damaged(
                file.path.string, region: "padding", offset: padding.lowerBound, reason: "bytes other than zero")
        }
        position += entry.header.span
        return entry
    }

    /// A signature and the public key that belongs to it.
    mutating func nextSignature() throws -> (signature: BundleSignature, regions: [Region]) {
        guard let name = try peek()?.header.name, let keyID = Self.keyID(name) else {
            throw damaged("not a signature's name")
        }
        let signature = try next(expecting: "signatures/\(keyID).sig")
        guard signature.header.size == UInt64(BundleSignature.byteCount) else {
            throw damaged("a signature of \(signature.header.size) bytes")
        }
        let key = try next(expecting: "signatures/\(keyID).pub")
        guard key.header.size <= 4096 else { throw damaged("a public key of \(key.header.size) bytes") }
        // Compared as bytes: a parser of PEM skips characters that a copy must not have changed.
        let pem = try file.read(key.content)
        guard let publicKey = try? VerifyingKey(pem: pem), publicKey.pem == pem, publicKey.keyID == keyID else {
            throw PayloadError.damaged(
                file.path.string, region: "public key \(keyID)", offset: key.content.lowerBound,
                reason: "not the Ed25519 public key \(keyID), as its PEM is written")
        }
        let bytes = try file.read(signature.content)
        return (
            BundleSignature(keyID: keyID, signature: bytes, publicKey: publicKey),
            [
                Region(name: "signature \(keyID)", offset: signature.content.lowerBound, size: signature.header.size),
                Region(name: "public key \(keyID)", offset: key.content.lowerBound, size: key.header.size),
            ]
        )
    }

    /// Two zero blocks, and nothing after them.
    func finish() throws {
        // The length first: what an attacker put here is not read into memory.
        guard end - position == 2 * TarHeader.blockSize, try file.read(position..<end).allSatisfy({ $0 == 0 }) else {
            throw damaged("the end mark is not two blocks of zeros")
        }
    }

    private static func keyID(_ name: String) -> String? {
        let id = name.dropFirst("signatures/".count).dropLast(".sig".count)
        return name == "signatures/\(id).sig" && id.utf8.count == 16 && Hex.decode(id) != nil ? String(id) : nil
    }

    private func damaged(_ reason: String) -> PayloadError {
        .damaged(file.path.string, region: "header", offset: position, reason: reason)
    }
}

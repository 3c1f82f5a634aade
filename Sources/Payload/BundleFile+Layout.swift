import BundleModel
import FoundationEssentials
import SystemPackage

extension BundleFile {
    /// The trailer, whose numbers fit the file.
    static func trailer(_ file: RandomAccessFile, isSelf: Bool) throws -> Trailer {
        let name = file.path.string
        guard file.size >= Trailer.byteCount else {
            if isSelf { throw PayloadError.noPayload(name) }
            throw PayloadError.notABundle(name, reason: "\(file.size) bytes are too few")
        }
        switch Trailer.decode(try file.read(file.size - Trailer.byteCount..<file.size)) {
        case .none: throw try MissingTrailer(file).error(isSelf: isSelf)
        case .newer(let version):
            throw PayloadError.newer(name, what: "the format", found: Int(version), known: Int(Trailer.version))
        case .trailer(let trailer):
            guard let expected = trailer.fileSize, expected == file.size else {
                throw PayloadError.wrongLength(name, expected: trailer.fileSize ?? UInt64.max, actual: file.size)
            }
            guard trailer.isAligned else {
                throw PayloadError.damaged(
                    name, region: "trailer", offset: file.size - Trailer.byteCount, reason: "offsets that cannot be")
            }
            return trailer
        }
    }

    static func parse(_ bytes: [UInt8], name: String, offset: UInt64) throws -> BundleIndex {
        struct Schema: Decodable { let schemaVersion: Int }
        do {
            let schema = try CanonicalJSON.decode(Schema.self, from: Data(bytes))
            guard schema.schemaVersion == BundleIndex.currentSchemaVersion else {
                throw PayloadError.newer(
                    name, what: "the index", found: schema.schemaVersion, known: BundleIndex.currentSchemaVersion)
            }
            return try CanonicalJSON.decode(BundleIndex.self, from: Data(bytes))
        } catch let error as PayloadError {
            throw error
        } catch {
            throw PayloadError.damaged(
                name, region: "index", offset: offset, reason: "not readable: \(CanonicalJSON.explanation(of: error))")
        }
    }

    /// Names every byte of the file, and checks the part before the tar that holds nothing.
    ///
    /// - Parameter contents: of the tar's members, in order.
    static func regions(
        around contents: [Region], head: Head?, trailer: Trailer, file: RandomAccessFile
    ) throws -> [Region] {
        let name = file.path.string
        let headSize = head?.size ?? 0
        // The index is not trusted yet: no sum with its number that could overflow. A bundle that was taken out of its
        // self-extracting file still names the head.
        let fits = headSize <= trailer.offset && trailer.offset - headSize < alignment
        guard fits || trailer.offset == 0 else {
            throw PayloadError.damaged(
                name, region: "head", offset: 0, reason: "\(headSize) bytes before a bundle at \(trailer.offset)")
        }
        var all: [Region] = []
        if trailer.offset > 0 {
            let padding = headSize..<trailer.offset
            guard try file.read(padding).allSatisfy({ $0 == 0 }) else {
                throw PayloadError.damaged(
                    name, region: "padding", offset: padding.lowerBound, reason: "bytes other than zero")
            }
            all.append(Region(name: "head", offset: 0, size: headSize))
            all.append(Region(name: "padding", offset: headSize, size: UInt64(padding.count)))
        }
        var position = trailer.offset
        for content in contents {
            all.append(Region(name: "header \(content.name)", offset: position, size: content.offset - position))
            all.append(content)
            position = content.range.upperBound
        }
        let end = file.size - Trailer.byteCount
        all.append(Region(name: "end", offset: position, size: end - position))
        all.append(Region(name: "trailer", offset: end, size: Trailer.byteCount))
        return all.filter { $0.size > 0 }
    }
}

import BundleModel
import Host
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Finds the volumes of a bundle and opens them as one file. Each volume is held against its footer, which costs one
/// small read; its content is guarded by the index, as in a whole file.
enum VolumeSet {
    /// Where the running program is.
    private static let running: FilePath = "/proc/self/exe"

    /// A whole file, or the set that a volume belongs to. A name that is not there stands for its volumes.
    ///
    /// - Throws: `PayloadError`.
    static func open(_ path: FilePath) throws -> RandomAccessFile {
        let first = VolumeName.path(path, 1)
        let place = !FileSystem.exists(path) && FileSystem.exists(first) ? first : path
        return try open(RandomAccessFile(place), at: place)
    }

    /// The running program: whole, or with its other volumes beside it.
    static func openSelf() throws -> RandomAccessFile {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(running.string, &buffer, buffer.count)
        let place = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // It may have another name by now, or none; what is read is the running one.
        let name = place.isEmpty ? running : FilePath(place)
        return try open(RandomAccessFile(running, named: name), at: name)
    }

    /// As `open`, for a set of which volumes may be missing or damaged: what is there is read, and nothing stands where
    /// the rest should be.
    static func openWhatIsThere(_ path: FilePath) throws -> RandomAccessFile {
        let first = VolumeName.path(path, 1)
        let place = !FileSystem.exists(path) && FileSystem.exists(first) ? first : path
        let file = try RandomAccessFile(place)
        guard let (name, footer) = try member(file, at: place) else { return file }
        var pieces: [RandomAccessFile.Piece] = []
        for number in 1...footer.count {
            if let piece = remains(name.base, footer.numbered(number)) { pieces.append(piece) }
        }
        return RandomAccessFile(place, size: footer.bundleSize, pieces: pieces)
    }

    private static func open(_ file: RandomAccessFile, at place: FilePath) throws -> RandomAccessFile {
        guard let (name, footer) = try member(file, at: place) else { return file }
        var pieces: [RandomAccessFile.Piece] = []
        do {
            for number in 1...footer.count { pieces.append(try piece(name.base, footer.numbered(number))) }
        } catch {
            for piece in pieces { try? piece.file.close() }
            throw error
        }
        return RandomAccessFile(place, size: footer.bundleSize, pieces: pieces)
    }

    /// The set that a file is of, by its own footer, or by its name and a neighbour's footer where its own is lost.
    private static func member(
        _ file: RandomAccessFile, at place: FilePath
    ) throws -> (name: VolumeName, footer: VolumeFooter)? {
        let name = VolumeName(place)
        switch try readFooter(of: file) {
        case .newer(let version):
            throw PayloadError.newer(
                place.string, what: "the volume's format", found: Int(version), known: Int(VolumeFooter.version))
        case .footer(let footer):
            guard let name else {
                throw PayloadError.volume(
                    place.string,
                    file.size == footer.fileSize
                        ? .unnamed(number: footer.number, count: footer.count)
                        : .joined(number: footer.number, count: footer.count))
            }
            return (name, footer)
        case .none:
            guard let name, try !isWhole(file) else { return nil }
            for number in [1, 2, name.number - 1, name.number + 1] where number != name.number && number > 0 {
                guard let neighbour = try? RandomAccessFile(VolumeName.path(name.base, number)),
                    case .footer(let footer) = try readFooter(of: neighbour), name.number <= footer.count
                else { continue }
                return (name, footer)
            }
            return nil
        }
    }

    /// One volume, open, if it is the one that the set has at this number.
    private static func piece(_ base: FilePath, _ expected: VolumeFooter) throws -> RandomAccessFile.Piece {
        let path = VolumeName.path(base, expected.number)
        func bad(_ problem: VolumeProblem) -> PayloadError { .volume(path.string, problem) }
        guard FileSystem.exists(path) else { throw bad(.missing(number: expected.number, count: expected.count)) }
        let found = try readFooter(of: RandomAccessFile(path))
        let (file, size) = try RandomAccessFile.open(path)
        do {
            switch found {
            case .newer(let version):
                throw PayloadError.newer(
                    path.string, what: "the volume's format", found: Int(version), known: Int(VolumeFooter.version))
            case .none:
                throw bad(
                    size == expected.fileSize
                        ? .noFooter : .wrongSize(expected: expected.fileSize, actual: size))
            case .footer(let footer):
                guard footer.bundle == expected.bundle else {
                    throw bad(.foreign(expected: expected.bundle, actual: footer.bundle))
                }
                guard footer.contentSize == expected.contentSize, footer.count == expected.count else {
                    throw bad(.otherSplit(expected: describe(expected), actual: describe(footer)))
                }
                guard footer.number == expected.number else {
                    throw bad(.swapped(expected: expected.number, actual: footer.number))
                }
                guard size == footer.fileSize else {
                    throw bad(.wrongSize(expected: footer.fileSize, actual: size))
                }
                return RandomAccessFile.Piece(path: path, file: file, range: footer.range)
            }
        } catch {
            try? file.close()
            throw error
        }
    }

    /// As `piece`, of a volume that may be cut off or have lost its footer; nil where there is nothing of it.
    private static func remains(_ base: FilePath, _ expected: VolumeFooter) -> RandomAccessFile.Piece? {
        let path = VolumeName.path(base, expected.number)
        do {
            return try piece(base, expected)
        } catch PayloadError.volume(_, .noFooter), PayloadError.volume(_, .wrongSize) {
            guard let (file, size) = try? RandomAccessFile.open(path) else { return nil }
            let start = expected.range.lowerBound
            let range = start..<start + min(size, UInt64(expected.range.count))
            return RandomAccessFile.Piece(path: path, file: file, range: range)
        } catch {
            return nil
        }
    }

    private static func describe(_ footer: VolumeFooter) -> String {
        "\(footer.count) volumes of \(footer.contentSize + VolumeFooter.byteCount) bytes"
    }

    private static func readFooter(of file: RandomAccessFile) throws -> VolumeFooter.Reading {
        guard file.size >= VolumeFooter.byteCount else { return .none }
        return VolumeFooter.decode(try file.read(file.size - VolumeFooter.byteCount..<file.size))
    }

    /// Whether the file ends as a bundle does, whatever its name.
    private static func isWhole(_ file: RandomAccessFile) throws -> Bool {
        guard file.size >= Trailer.byteCount,
            case .trailer = Trailer.decode(try file.read(file.size - Trailer.byteCount..<file.size))
        else { return false }
        return true
    }
}

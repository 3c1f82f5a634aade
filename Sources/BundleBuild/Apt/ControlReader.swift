import Archive

/// Reads paragraphs of Debian's control format one after the other, in memory of a fixed size, and no more than whoever
/// keeps them has room for. For one thread; blocks.
final class ControlReader {
    /// Bytes of the longest line and of a paragraph's kept fields. Real ones have a tenth.
    private static let limit = 4 << 20

    private let source: any ByteSource
    private let place: String
    private let keeping: Set<String>?
    private let totalLimit: Int
    private var total = 0
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
    private var position = 0
    private var filled = 0
    private var isAtEnd = false
    private var lineNumber = 0

    /// - Parameters:
    ///   - place: for messages.
    ///   - keeping: names, in lower case, of the fields that are wanted; nil for all.
    ///   - totalLimit: bytes of the kept fields of all paragraphs. Those of the largest archives have a twentieth.
    init(_ source: any ByteSource, place: String, keeping: Set<String>? = nil, totalLimit: Int = 1 << 30) {
        self.source = source
        self.place = place
        self.keeping = keeping
        self.totalLimit = totalLimit
    }

    deinit { buffer.deallocate() }

    /// The next paragraph; nil at the end.
    ///
    /// - Throws: `BundleBuildError.unreadable`, and what the source throws.
    func next() throws -> ControlParagraph? {
        var paragraph = ControlParagraph()
        var hasFields = false
        var current: String?
        var kept = 0
        while let line = try nextLine() {
            guard line.contains(where: { !Self.isBlank($0) }), let first = line.first else {
                if hasFields { return paragraph }
                continue
            }
            if first == UInt8(ascii: "#") { continue }
            if Self.isBlank(first) {
                guard hasFields else { throw failure("continues a field where none began") }
                if let current {
                    kept += line.count
                    total += line.count
                    paragraph.extend(current, with: String(decoding: line.dropFirst(), as: UTF8.self))
                }
            } else {
                guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0 else {
                    throw failure("is neither a field nor the continuation of one")
                }
                hasFields = true
                let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
                current = keeping.map { $0.contains(name) } ?? true ? name : nil
                guard current != nil else { continue }
                kept += line.count
                total += line.count
                let value = Self.trimmed(line[(colon + 1)...])
                guard paragraph.add(name, String(decoding: value, as: UTF8.self)) else {
                    throw failure("is the second field '\(name)' of its paragraph")
                }
            }
            guard kept <= Self.limit else { throw failure("makes its paragraph longer than \(Self.limit) bytes") }
            guard total <= totalLimit else { throw failure("is behind \(totalLimit) bytes, more than are read") }
        }
        return hasFields ? paragraph : nil
    }

    /// The next line without its end; nil behind the last.
    private func nextLine() throws -> [UInt8]? {
        var line: [UInt8] = []
        while true {
            if position == filled {
                if !isAtEnd {
                    filled = try source.read(into: buffer)
                    position = 0
                    isAtEnd = filled == 0
                }
                if isAtEnd {
                    position = 0
                    filled = 0
                    return line.isEmpty ? nil : line
                }
            }
            let rest = UnsafeRawBufferPointer(rebasing: buffer[position..<filled])
            let end = rest.firstIndex(of: UInt8(ascii: "\n"))
            line.append(contentsOf: rest[..<(end ?? rest.count)])
            guard line.count <= Self.limit else { throw failure("is longer than \(Self.limit) bytes") }
            position += (end ?? rest.count) + (end == nil ? 0 : 1)
            guard end != nil else { continue }
            lineNumber += 1
            return line
        }
    }

    private func failure(_ reason: String) -> BundleBuildError {
        .unreadable(path: place, reason: "line \(max(1, lineNumber)) \(reason)")
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes.drop(while: isBlank)
        while let last = bytes.last, isBlank(last) { bytes = bytes.dropLast() }
        return bytes
    }
}

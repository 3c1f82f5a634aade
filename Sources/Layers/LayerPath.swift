/// Paths within a layer, as bytes. Cleaning is by words alone, as Go's path/filepath does it.
enum LayerPath {
    static let slash = UInt8(ascii: "/")
    private static let dot = UInt8(ascii: ".")

    /// The path below the root that a member's name stands for, without a slash at either end; empty for the root.
    static func rooted(_ name: [UInt8]) -> [UInt8] {
        var path: [UInt8] = []
        path.reserveCapacity(name.count)
        for part in name.split(separator: slash) {
            if isHere(part) { continue }
            if isAbove(part) {
                path.removeSubrange((path.lastIndex(of: slash) ?? 0)...)
            } else {
                if !path.isEmpty { path.append(slash) }
                path.append(contentsOf: part)
            }
        }
        return path
    }

    /// The shortest name for the same: no empty parts, no `.`, and `..` at its beginning alone; `.` for nothing.
    static func cleaned(_ path: some Collection<UInt8>) -> [UInt8] {
        let isAbsolute = path.first == slash
        var parts: [Array<UInt8>.SubSequence] = []
        for part in Array(path).split(separator: slash) where !isHere(part) {
            if !isAbove(part) {
                parts.append(part)
            } else if let last = parts.last, !isAbove(last) {
                parts.removeLast()
            } else if !isAbsolute {
                parts.append(part)
            }
        }
        let clean = Array(parts.joined(separator: [slash]))
        return isAbsolute ? [slash] + clean : clean.isEmpty ? [dot] : clean
    }

    /// Both, cleaned, as one.
    static func joined(_ left: [UInt8], _ right: some Collection<UInt8>) -> [UInt8] {
        if left.isEmpty { return right.isEmpty ? [] : cleaned(right) }
        return cleaned(right.isEmpty ? left : left + [slash] + right)
    }

    /// What stands before the last slash and what after it.
    static func split(_ path: [UInt8]) -> (folder: [UInt8], name: [UInt8]) {
        guard let last = path.lastIndex(of: slash) else { return ([], path) }
        return (Array(path[..<last]), Array(path[(last + 1)...]))
    }

    /// A name that means no file of its own: empty, `.` or `..`.
    static func isNoName(_ name: some Collection<UInt8>) -> Bool {
        name.isEmpty || isHere(name) || isAbove(name)
    }

    static func isAbove(_ part: some Collection<UInt8>) -> Bool {
        part.count == 2 && part.allSatisfy { $0 == dot }
    }

    private static func isHere(_ part: some Collection<UInt8>) -> Bool {
        part.count == 1 && part.first == dot
    }
}

extension Collection where Element == UInt8 {
    /// Calls with the bytes as a string of C. Nothing is allocated on the heap.
    func withPath<Result>(_ body: (UnsafePointer<CChar>) throws -> Result) rethrows -> Result {
        try withUnsafeTemporaryAllocation(of: CChar.self, capacity: count + 1) { room in
            var index = 0
            for byte in self {
                room[index] = CChar(bitPattern: byte)
                index += 1
            }
            room[index] = 0
            return try body(UnsafePointer(room.baseAddress.unsafelyUnwrapped))
        }
    }
}

import SystemPackage

/// `k8s.run.001`: a volume's name is its bundle's, a dot and three digits.
struct VolumeName: Hashable {
    /// The path without dot and digits.
    let base: FilePath
    /// From 1.
    let number: Int

    /// - Returns: nil for a name that no volume has.
    init?(_ path: FilePath) {
        let text = path.string
        let digits = text.suffix(3)
        guard digits.utf8.count == 3, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = Int(digits), number > 0, text.dropLast(3).hasSuffix("."), path.lastComponent != nil
        else { return nil }
        base = FilePath(String(text.dropLast(4)))
        self.number = number
    }

    /// The path of a set's volume.
    static func path(_ base: FilePath, _ number: Int) -> FilePath {
        let digits = String(number)
        return FilePath("\(base).\(String(repeating: "0", count: max(0, 3 - digits.utf8.count)))\(digits)")
    }
}

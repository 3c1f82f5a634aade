/// A version `MAJOR.MINOR.PATCH[-PRERELEASE]`, read with or without a leading `v`.
///
/// Numbers have no leading zeros and order follows section 11, as semver.org 2.0.0 says; build metadata is not accepted.
public struct SemanticVersion: Hashable, Sendable {
    public let major: Int
    public let minor: Int
    public let patch: Int
    /// Dot-separated identifiers after the hyphen; empty for a release.
    public let prerelease: [String]

    public init(_ major: Int, _ minor: Int, _ patch: Int, prerelease: [String] = []) {
        self.major = major
        self.minor = minor
        self.patch = patch
        self.prerelease = prerelease
    }

    /// - Throws: `VersionError.malformed` with the raw text.
    public init(_ text: some StringProtocol) throws(VersionError) {
        let body = Substring(text.hasPrefix("v") ? String(text.dropFirst()) : String(text))
        let halves = body.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers = (halves.first ?? "").split(separator: ".", omittingEmptySubsequences: false)
        let values = numbers.compactMap { $0.isNumber && $0.count <= 9 ? Int($0) : nil }
        guard numbers.count == 3, values.count == 3 else { throw .malformed(String(text)) }
        var prerelease: [String] = []
        if halves.count == 2 {
            prerelease = halves[1].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            let valid = prerelease.allSatisfy { part in
                !part.isEmpty && part.utf8.allSatisfy(\.isIdentifier)
                    && (part[...].isNumber || !part.utf8.allSatisfy(\.isDigit))
            }
            guard valid else { throw .malformed(String(text)) }
        }
        self.init(values[0], values[1], values[2], prerelease: prerelease)
    }

    /// `1.33`, the name of the release line.
    public var minorName: String { "\(major).\(minor)" }
    /// `v1.33.6`, as tags and images are named.
    public var tag: String { "v\(self)" }
}

extension SemanticVersion: CustomStringConvertible {
    public var description: String {
        let core = "\(major).\(minor).\(patch)"
        return prerelease.isEmpty ? core : "\(core)-\(prerelease.joined(separator: "."))"
    }
}

extension SemanticVersion: Comparable {
    public static func < (left: Self, right: Self) -> Bool {
        let a = (left.major, left.minor, left.patch)
        let b = (right.major, right.minor, right.patch)
        if a != b { return a < b }
        if left.prerelease.isEmpty || right.prerelease.isEmpty {
            return !left.prerelease.isEmpty && right.prerelease.isEmpty
        }
        for (x, y) in zip(left.prerelease, right.prerelease) where x != y {
            switch (Int(x), Int(y)) {
            case (let x?, let y?): return x < y
            case (_?, nil): return true
            case (nil, _?): return false
            case (nil, nil): return x < y
            }
        }
        return left.prerelease.count < right.prerelease.count
    }
}

extension SemanticVersion: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.singleValueContainer().parsed { try SemanticVersion($0) }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    fileprivate var isIdentifier: Bool {
        let lower = self | 0x20
        return isDigit || self == UInt8(ascii: "-") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lower)
    }
}

extension Substring {
    /// Digits without a leading zero, or 0.
    fileprivate var isNumber: Bool {
        !isEmpty && utf8.allSatisfy(\.isDigit) && (self == "0" || utf8.first != UInt8(ascii: "0"))
    }
}

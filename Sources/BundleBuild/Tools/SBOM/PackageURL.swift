import BundleModel

/// A purl: `pkg:TYPE/NAMESPACE/NAME@VERSION?KEY=VALUE`.
struct PackageURL {
    var type: String
    var namespace: String?
    var name: String
    var version: String
    /// Written in the order of their keys.
    var qualifiers: [String: String]

    var text: String {
        var text = "pkg:\(type)/"
        if let namespace { text += "\(Self.encode(namespace))/" }
        text += "\(Self.encode(name))@\(Self.encode(version))"
        let pairs = qualifiers.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.encode($0.value))" }
        return pairs.isEmpty ? text : "\(text)?\(pairs.joined(separator: "&"))"
    }

    /// Every byte but those that a purl has as they are.
    private static func encode(_ text: String) -> String {
        text.utf8.map { byte -> String in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: ":"):
                String(UnicodeScalar(byte))
            default: "%" + Hex.encode([byte]).uppercased()
            }
        }.joined()
    }
}

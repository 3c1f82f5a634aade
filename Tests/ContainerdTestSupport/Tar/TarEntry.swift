/// One entry of a layer, with every field free to be odd or hostile.
public struct TarEntry: Sendable {
    /// How the header says what does not fit into plain ustar.
    public enum Format: Sendable {
        /// ustar where everything fits, else pax records.
        case automatic
        /// ustar; a long name is divided into prefix and name, numbers that do not fit are base-256.
        case ustar
        /// GNU: `L` and `K` entries for long names, base-256 numbers, `ustar  ` as magic.
        case gnu
        /// All of name, link, size, times and owners as pax records.
        case pax
    }

    public var name: ByteString
    /// The header's type byte.
    public var type: UInt8
    public var mode: UInt64 = 0o644
    public var owner: Int64 = 0
    public var group: Int64 = 0
    /// Seconds since 1970, and nanoseconds (0 or more) after that second.
    public var modified: (seconds: Int64, nanoseconds: Int) = (1_600_000_000, 0)
    public var link: ByteString = ""
    public var device: (major: UInt64, minor: UInt64) = (0, 0)
    public var ownerName: ByteString = ""
    public var groupName: ByteString = ""
    public var content: [UInt8] = []
    /// What the header says, when that is not the content's size.
    public var statedSize: UInt64?
    public var format: Format = .automatic
    /// Further pax records, in this order, before those that the entry itself needs.
    public var records: [(key: ByteString, value: ByteString)] = []

    public init(_ name: ByteString, type: Character, _ change: (inout Self) -> Void = { _ in }) {
        self.name = name
        self.type = type.asciiValue ?? 0
        change(&self)
    }
}

extension TarEntry {
    public typealias Change = (inout Self) -> Void

    public static func file(_ name: ByteString, _ text: ByteString = "", _ change: Change = { _ in }) -> Self {
        Self(name, type: "0") {
            $0.content = text.bytes
            change(&$0)
        }
    }

    public static func folder(_ name: ByteString, _ change: Change = { _ in }) -> Self {
        Self(name, type: "5") {
            $0.mode = 0o755
            change(&$0)
        }
    }

    public static func symlink(_ name: ByteString, to target: ByteString, _ change: Change = { _ in }) -> Self {
        Self(name, type: "2") {
            $0.link = target
            $0.mode = 0o777
            change(&$0)
        }
    }

    public static func hardLink(_ name: ByteString, to target: ByteString, _ change: Change = { _ in }) -> Self {
        Self(name, type: "1") {
            $0.link = target
            change(&$0)
        }
    }

    /// - Parameter type: `3` for a character device, `4` for a block device, `6` for a fifo.
    public static func device(
        _ name: ByteString, type: Character, _ major: UInt64 = 0, _ minor: UInt64 = 0, _ change: Change = { _ in }
    ) -> Self {
        Self(name, type: type) {
            $0.device = (major, minor)
            change(&$0)
        }
    }

    /// An extended attribute, as a pax record.
    public mutating func attribute(_ name: String, _ value: ByteString) {
        records.append((ByteString("SCHILY.xattr.\(name)"), value))
    }
}

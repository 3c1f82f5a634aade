extension Pack {
    /// A run of a pack's members. The compressed stream is flushed behind it, so that a pack's beginning up to the end of
    /// any part decodes by itself, to exactly that much of the tar.
    public struct Part: Codable, Hashable, Sendable {
        /// Of a pack of images: `documents`, `layers`, `layers-control-plane`.
        public var name: String
        /// Nodes that read it, with all before it. Empty: all nodes.
        public var roles: [NodeRole]
        /// How many members it has.
        public var members: Int
        /// Bytes of the tar from its start to the part's end; for the last part all of it.
        public var uncompressedEnd: UInt64
        /// Bytes of the pack from its start to the part's end; for the last part all of it.
        public var end: UInt64

        public init(name: String, roles: [NodeRole], members: Int, uncompressedEnd: UInt64, end: UInt64) {
            self.name = name
            self.roles = roles
            self.members = members
            self.uncompressedEnd = uncompressedEnd
            self.end = end
        }

        public func serves(_ role: NodeRole) -> Bool { roles.isEmpty || roles.contains(role) }
    }

    /// What is read of a pack, from its first byte on.
    public struct Prefix: Hashable, Sendable {
        /// How many members it has.
        public var members: Int
        /// Bytes of the tar.
        public var uncompressedSize: UInt64
        /// Compressed bytes.
        public var size: UInt64
        /// Whether it is all of the pack: then the stream has its end mark in it, but where another pack goes on with it.
        public var isWhole: Bool

        public init(members: Int, uncompressedSize: UInt64, size: UInt64, isWhole: Bool) {
            self.members = members
            self.uncompressedSize = uncompressedSize
            self.size = size
            self.isWhole = isWhole
        }

        static let nothing = Prefix(members: 0, uncompressedSize: 0, size: 0, isWhole: false)
    }

    /// All of it.
    public var whole: Prefix {
        Prefix(members: members.count, uncompressedSize: uncompressedSize, size: size, isWhole: true)
    }

    /// What nodes of a role read; all of a pack without parts.
    public func prefix(for role: NodeRole) -> Prefix {
        guard let parts else { return whole }
        return parts.lastIndex { $0.serves(role) }.map { prefix(throughPart: $0) } ?? .nothing
    }

    /// The pack up to the end of a part.
    ///
    /// - Parameter number: of an index that was checked: the parts' members are not more than the pack's.
    public func prefix(throughPart number: Int) -> Prefix {
        guard let parts, parts.indices.contains(number) else { return whole }
        return Prefix(
            members: parts[...number].reduce(0) { $0 + $1.members }, uncompressedSize: parts[number].uncompressedEnd,
            size: parts[number].end, isWhole: number == parts.count - 1)
    }

    /// The members of a prefix, in the tar's order.
    public func members(in prefix: Prefix) -> ArraySlice<Member> { members.prefix(prefix.members) }

    /// How many chunks hold a prefix.
    public func chunkCount(of prefix: Prefix) -> Int {
        Int(prefix.size / chunkSize) + (prefix.size.isMultiple(of: chunkSize) ? 0 : 1)
    }
}

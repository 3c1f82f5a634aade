public import SystemPackage

/// An image that a test wants: its layers, how it is published, and what must hold once it is loaded.
public struct ImagePlan: Sendable, CustomStringConvertible {
    /// Whose media types.
    public enum Family: Sendable {
        case oci, docker
    }

    /// What the reference names.
    public enum Target: Sendable {
        case manifest
        /// An index of several platforms, of which only linux/amd64 is there.
        case index
    }

    /// What containerd does with it, as seen on every version that was tried.
    public enum Outcome: Sendable, Hashable {
        case loads
        /// The import fails, and its message has these words.
        case refused(String)
    }

    /// Lowercase letters, digits and dashes: it names the failing theme.
    public let name: String
    public var layers: [Layer]
    public var family: Family = .oci
    public var target: Target = .manifest
    public var outcome: Outcome = .loads
    /// What the config says the layers are, instead of the truth.
    public var statedDiffIDs: [String]?
    /// Statements about the mounted image which make sure that it holds what its theme is about.
    public var check: @Sendable (inout ListingCheck) -> Void

    public init(
        _ name: String, layers: [Layer], outcome: Outcome = .loads,
        check: @escaping @Sendable (inout ListingCheck) -> Void = { _ in }
    ) {
        self.name = name
        self.layers = layers
        self.outcome = outcome
        self.check = check
    }

    /// A single entry that containerd refuses, above a plain layer.
    public static func refused(_ name: String, _ words: String, _ entries: [TarEntry]) -> ImagePlan {
        ImagePlan(name, layers: [Layer([.file("below", "kept")]), Layer(entries)], outcome: .refused(words))
    }

    public func with(_ change: (inout ImagePlan) -> Void) -> ImagePlan {
        var plan = self
        change(&plan)
        return plan
    }

    public var repository: String { "nasty.test/\(name)" }
    public var description: String { name }
}

extension ImagePlan {
    /// One layer: an uncompressed tar, and how it is published.
    public struct Layer: Sendable {
        public enum Compression: Sendable {
            case none, gzip, zstd
            /// Two gzip members or zstd frames after each other, as parallel and seekable compressors write.
            case gzipMembers, zstdFrames
        }

        public enum Content: Sendable {
            case bytes([UInt8])
            case file(FilePath)
        }

        public var content: Content
        public var compression: Compression

        public init(_ entries: [TarEntry], compression: Compression = .gzip) {
            self.init(bytes: LayerTar.layer(entries), compression: compression)
        }

        public init(bytes: [UInt8], compression: Compression = .gzip) {
            content = .bytes(bytes)
            self.compression = compression
        }

        public init(file: FilePath, compression: Compression) {
            content = .file(file)
            self.compression = compression
        }
    }
}

/// How packs are compressed.
public struct Compression: Codable, Hashable, Sendable {
    public enum Format: String, Codable, CaseIterable, Sendable {
        case zstd
        case xz

        /// `.zst`, `.xz`
        public var fileExtension: String { self == .zstd ? "zst" : "xz" }
    }

    public var format: Format
    /// See `Format.levels`.
    public var level: Int
    /// Base-2 logarithm of the match window in bytes, and so of the memory that decoding needs. 27 is 128 MiB.
    public var windowLog: Int

    public init(format: Format = .zstd, level: Int = 19, windowLog: Int = 27) {
        self.format = format
        self.level = level
        self.windowLog = windowLog
    }
}

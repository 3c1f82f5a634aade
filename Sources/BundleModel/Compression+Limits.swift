extension Compression {
    /// The windows that a pack may have, as base-2 logarithms of bytes. What is above is refused before anything is
    /// allocated: a node decodes one pack at a time, in the window and a few buffers.
    public static let windowLogs = 10...29

    /// What bundles are made with where nothing else is asked for: docs/decisions/0013 has the figures.
    ///
    /// - Parameter level: one of the format's; nil takes the default one.
    public static func standard(_ format: Format = .zstd, level: Int? = nil) -> Compression {
        let level = level ?? format.standardLevel
        let windowLog =
            switch (format, level) {
            case (.zstd, 22...): 29
            case (.zstd, 20...): 28
            default: 27
            }
        return Compression(format: format, level: level, windowLog: windowLog)
    }

    /// Whether the pack of images goes on with the stream of the programs: an installation decodes both once, and
    /// whoever wants the images alone decodes the programs too. What xz is given in parts shares nothing.
    public var sharesStream: Bool { format == .zstd && level >= 20 }

    /// Bytes of memory that decoding needs, but for buffers of less than 1 MiB.
    public var decodingMemory: UInt64 { 1 << UInt64(min(max(0, windowLog), 62)) }
}

extension Compression.Format {
    public var levels: ClosedRange<Int> { self == .zstd ? 1...22 : 0...9 }

    public var standardLevel: Int { self == .zstd ? 21 : 6 }
}

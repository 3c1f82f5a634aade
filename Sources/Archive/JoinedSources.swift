/// Sources one behind the other, as one.
public final class JoinedSources: ByteSource {
    private var sources: ArraySlice<any ByteSource>

    public init(_ sources: [any ByteSource]) { self.sources = sources[...] }

    public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while let source = sources.first {
            let count = try source.read(into: buffer)
            if count > 0 { return count }
            sources.removeFirst()
        }
        return 0
    }
}

import BundleModel

extension Compression {
    func makeCompressor(threads: Int) throws -> any Compressor {
        switch format {
        case .zstd: try ZstdCompressor(level: level, windowLog: windowLog, threads: threads)
        case .xz: try XzCompressor(level: level, windowLog: windowLog, threads: threads)
        }
    }

    func makeDecompressor() throws -> any Decompressor {
        switch format {
        case .zstd: try ZstdDecompressor(windowLog: windowLog)
        case .xz: try XzDecompressor(windowLog: windowLog)
        }
    }
}

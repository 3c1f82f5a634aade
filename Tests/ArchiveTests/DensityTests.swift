import Archive
import BundleModel
import Host
import SystemPackage
import Testing

/// Packs are as small as the stock compressor makes the same tar, though nodes can read a beginning of them.
struct DensityTests {
    /// Programs of this machine: a few megabytes, and much alike.
    private static let programs = ["/bin/bash", "/bin/tar", "/usr/bin/openssl", "/usr/bin/xz"]

    private func write(_ folder: PackFolder, _ compression: Compression, isInParts: Bool) throws -> UInt64 {
        let output = try FileDescriptor.open(
            folder.pack, .readWrite, options: [.create, .truncate], permissions: .ownerReadWrite)
        return try output.closeAfter {
            let writer = try TarPackWriter(
                output: output, compression: compression, threads: 2, modificationTime: 0, order: .given)
            for (number, program) in Self.programs.enumerated() {
                if isInParts { try writer.beginPart("\(number)", roles: []) }
                try writer.add(.file(path: "\(number)", mode: 0o755, source: FilePath(program)))
            }
            return try writer.finish().size
        }
    }

    private func stock(_ folder: PackFolder, _ arguments: String) async throws -> UInt64 {
        let script = "zstd -dc --long=31 \"$1\" | zstd -T1 \(arguments) | wc -c"
        let result = try await SystemProcessRunner().require(
            Command("sh", ["-c", script, "sh", folder.pack.string], timeout: 600))
        let text = result.standardOutput.split(whereSeparator: \.isWhitespace).first ?? ""
        return try #require(UInt64(text))
    }

    @Test(arguments: [1, 3, 9, 12, 15, 19, 20, 22])
    func everyLevelIsWithinThreePercentOfZstdItself(_ level: Int) async throws {
        let folder = try PackFolder()
        let compression = Compression.standard(.zstd, level: level)
        let inParts = try write(folder, compression, isInParts: true)
        let stock = try await stock(folder, "--ultra -\(level) --long=\(compression.windowLog)")
        #expect(inParts * 100 <= stock * 103, "\(inParts) bytes in parts, \(stock) by zstd")
        let whole = try write(folder, compression, isInParts: false)
        #expect(whole * 1000 <= stock * 1001, "\(whole) bytes, \(stock) by zstd")
    }
}

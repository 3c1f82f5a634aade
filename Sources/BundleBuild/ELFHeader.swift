import BundleModel
import SystemPackage

/// What must hold of an executable that runs on a bare node: 64-bit ELF, no interpreter, nothing appended yet.
struct ELFHeader {
    let architecture: CPUArchitecture

    init(_ file: FileDescriptor, path: FilePath) throws {
        func refuse(_ reason: String) -> BundleBuildError { .badHead(path: path.string, reason: reason) }
        let header = try Self.read(file, at: 0, count: 64)
        guard header.count == 64, header[0..<4].elementsEqual([0x7f, 0x45, 0x4c, 0x46]) else {
            throw refuse("not an ELF executable")
        }
        guard header[4] == 2, header[5] == 1 else { throw refuse("not a 64-bit little-endian executable") }
        switch Self.number(header, at: 18, bytes: 2) {
        case 62: architecture = .amd64
        case 183: architecture = .arm64
        case let machine: throw refuse("its machine is ELF number \(machine), expected 62 (amd64) or 183 (arm64)")
        }
        let offset = Self.number(header, at: 32, bytes: 8)
        let entrySize = Self.number(header, at: 54, bytes: 2)
        let entries = Self.number(header, at: 56, bytes: 2)
        // Larger numbers are no executable's, and sums of them could overflow.
        guard entrySize >= 56, entries <= 1024, offset < 1 << 40 else {
            throw refuse("its program headers cannot be read")
        }
        for index in 0..<entries {
            let entry = try Self.read(file, at: Int64(offset + index * entrySize), count: 4)
            guard entry.count == 4 else { throw refuse("its program headers are cut off") }
            if Self.number(entry, at: 0, bytes: 4) == 3 {
                throw refuse("it is dynamically linked; a bare node has none of its libraries")
            }
        }
        let size = try file.seek(offset: 0, from: .end)
        if size >= 64, try Self.read(file, at: size - 64, count: 8).elementsEqual("KFBUNDLE".utf8) {
            throw refuse("it carries a bundle already")
        }
    }

    private static func read(_ file: FileDescriptor, at offset: Int64, count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = try bytes.withUnsafeMutableBytes { try file.read(fromAbsoluteOffset: offset, into: $0) }
        return Array(bytes.prefix(got))
    }

    /// Little-endian.
    private static func number(_ bytes: [UInt8], at start: Int, bytes count: Int) -> UInt64 {
        bytes[start..<start + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}

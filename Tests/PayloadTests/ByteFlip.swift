import FoundationEssentials
import SystemPackage

/// Changes single bytes of a file in place.
struct ByteFlip {
    private let file: FilePath

    init(_ file: FilePath) { self.file = file }

    /// Flips the mask's bits. A second time brings the old byte back.
    func apply(at offset: UInt64, mask: UInt8) throws {
        let descriptor = try FileDescriptor.open(file, .readWrite)
        try descriptor.closeAfter {
            var byte: UInt8 = 0
            _ = try withUnsafeMutableBytes(of: &byte) {
                try descriptor.read(fromAbsoluteOffset: Int64(offset), into: $0)
            }
            byte ^= mask
            _ = try withUnsafeBytes(of: byte) { try descriptor.writeAll(toAbsoluteOffset: Int64(offset), $0) }
        }
    }
}

/// Random numbers that can be had again: KUBEFERRY_SEED, or a new seed that failures print.
struct Seeded: RandomNumberGenerator {
    let seed: UInt64
    private var state: UInt64

    init() {
        seed =
            ProcessInfo.processInfo.environment["KUBEFERRY_SEED"].flatMap { UInt64($0) }
            ?? UInt64.random(in: 0..<UInt64.max)
        state = seed
    }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

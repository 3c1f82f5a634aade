/// The beginning of an ELF executable: enough for what is looked at, nothing that could run.
public enum SampleExecutable {
    /// A 64-bit little-endian ELF header with one program header.
    ///
    /// - Parameters:
    ///   - machine: 62 is x86-64.
    ///   - segment: 1 is loaded; 3 names an interpreter.
    ///   - offset: the highest byte of where the program headers are; other than 0 is nowhere.
    public static func bytes(
        machine: UInt8 = 62, segment: UInt8 = 1, offset: UInt8 = 0, tail: [UInt8] = []
    ) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 120)
        bytes.replaceSubrange(0..<6, with: [0x7f, 0x45, 0x4c, 0x46, 2, 1])
        bytes[18] = machine
        bytes[32] = 64
        bytes[39] = offset
        bytes[54] = 56
        bytes[56] = 1
        bytes[64] = segment
        return bytes + tail
    }
}

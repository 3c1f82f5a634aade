/// Turns bytes into fewer bytes.
protocol Compressor {
    /// Takes all of `input` and gives what is ready to `output`.
    func compress(_ input: UnsafeRawBufferPointer, to output: (UnsafeRawBufferPointer) throws -> Void) throws
    /// Gives the rest; nothing may come after.
    func finish(to output: (UnsafeRawBufferPointer) throws -> Void) throws
}

/// Turns bytes into fewer bytes.
protocol Compressor {
    /// Takes all of `input` and gives what is ready to `output`.
    func compress(_ input: UnsafeRawBufferPointer, to output: (UnsafeRawBufferPointer) throws -> Void) throws
    /// Gives all that was taken so far, so that it decodes by itself; more may come after.
    func flush(to output: (UnsafeRawBufferPointer) throws -> Void) throws
    /// Gives the rest; nothing may come after.
    func finish(to output: (UnsafeRawBufferPointer) throws -> Void) throws
}

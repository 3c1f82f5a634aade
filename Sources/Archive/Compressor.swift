/// Turns bytes into fewer bytes.
protocol Compressor {
    /// Takes all of `input` and gives what is ready to `output`.
    func compress(_ input: UnsafeRawBufferPointer, to output: (UnsafeRawBufferPointer) throws -> Void) throws
    /// Ends a block with what was taken so far, so that it decodes by itself; more may come after.
    ///
    /// - Returns: whether all of it was given to `output`. What was not comes with what is taken later.
    func cut(to output: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool
    /// Gives the rest; nothing may come after.
    func finish(to output: (UnsafeRawBufferPointer) throws -> Void) throws
    /// How many of the bytes that were taken are compressed. For showing; not after `finish`.
    var compressed: UInt64 { get }
}

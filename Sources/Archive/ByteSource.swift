/// Bytes that are pulled in order.
public protocol ByteSource: AnyObject {
    /// Fills a part of `buffer`, which is not empty.
    ///
    /// - Returns: bytes read; 0 at the end, and again on every later call.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

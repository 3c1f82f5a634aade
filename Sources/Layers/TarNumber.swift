/// Numbers as they stand in tar headers and pax records, read as Go's archive/tar reads them.
enum TarNumber {
    /// A field of a header: octal digits between blanks and zero bytes, or a binary number of big end first.
    ///
    /// - Returns: nil for a field that is neither, or that does not fit.
    static func field(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        guard let first = bytes.first, first & 0x80 != 0 else { return octal(bytes) }
        // Two's complement without its uppermost bit, which only marks the form.
        let inversion: UInt8 = first & 0x40 != 0 ? 0xff : 0
        var value: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            let digit = (byte ^ inversion) & (index == 0 ? 0x7f : 0xff)
            guard value >> 56 == 0 else { return nil }
            value = value << 8 | UInt64(digit)
        }
        guard value >> 63 == 0 else { return nil }
        return inversion == 0 ? Int64(value) : ~Int64(value)
    }

    static func octal(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        var start = 0
        var end = bytes.count
        while start < end, isPadding(bytes[start]) { start += 1 }
        while end > start, isPadding(bytes[end - 1]) { end -= 1 }
        var value: Int64 = 0
        for byte in bytes[start..<end] {
            if byte == 0 { break }
            guard UInt8(ascii: "0")...UInt8(ascii: "7") ~= byte, value >> 60 == 0 else { return nil }
            value = value << 3 | Int64(byte - UInt8(ascii: "0"))
        }
        return value
    }

    /// Decimal digits, perhaps with a sign before them.
    static func decimal(_ text: some Collection<UInt8>) -> Int64? {
        var digits = text[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        guard !digits.isEmpty else { return nil }
        var value: Int64 = 0
        for byte in digits {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
            // Downwards: the most negative number has no positive twin.
            let (tens, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, isTooLargeNow) = tens.subtractingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
            guard !isTooLarge, !isTooLargeNow else { return nil }
            value = sum
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }

    private static func isPadding(_ byte: UInt8) -> Bool { byte == 0 || byte == UInt8(ascii: " ") }
}

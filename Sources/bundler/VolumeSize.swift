import ArgumentParser
import Payload

/// Bytes as they are typed: `4294967295`, `700M`, `2Gi`.
struct VolumeSize: ExpressibleByArgument {
    static let fat32 = VolumeSize(bytes: VolumeWriter.fat32Limit)

    private static let units: [(suffix: String, bytes: UInt64)] = [
        ("Ki", 1 << 10), ("Mi", 1 << 20), ("Gi", 1 << 30), ("k", 1000), ("M", 1_000_000), ("G", 1_000_000_000),
    ]

    let bytes: UInt64

    init(bytes: UInt64) { self.bytes = bytes }

    init?(argument: String) {
        let unit = Self.units.first { argument.hasSuffix($0.suffix) }
        guard let number = UInt64(argument.dropLast(unit?.suffix.count ?? 0)) else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit?.bytes ?? 1)
        guard !overflow, bytes > 0 else { return nil }
        self.bytes = bytes
    }

    var defaultValueDescription: String { "\(bytes)" }
}

public import BundleModel
import Host
import Signing
public import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Cuts a bundle into volumes.
public enum VolumeWriter {
    /// Bytes of the largest file that FAT32 holds.
    public static let fat32Limit: UInt64 = 4_294_967_295

    public struct Volume: Codable, Hashable, Sendable {
        public let name: String
        /// Bytes.
        public let size: UInt64
        /// Of the volume's whole file.
        public let sha256: SHA256Digest
    }

    /// - Throws: `PayloadError.unusable` for a size that gives too many volumes, or whose first does not hold the
    ///   executable.
    public static func volumeNames(of bundle: BundleFile, name: String, volumeSize: UInt64) throws -> [String] {
        let (_, count) = try layout(bundle, volumeSize)
        return (1...count).map { VolumeName.path(FilePath(name), $0).string }
    }

    /// Writes all volumes, synced, each name once.
    ///
    /// - Parameters:
    ///   - folder: without files of these names.
    ///   - name: of the set; the volumes add a dot and three digits.
    ///   - volumeSize: bytes of the largest file.
    ///   - advanced: called with bytes of the bundle that were written since the last call; ends the work by throwing.
    /// - Throws: `PayloadError`, and what `advanced` throws. What was written until then stays.
    public static func write(
        _ bundle: BundleFile, into folder: FilePath, name: String, volumeSize: UInt64,
        advanced: (UInt64) throws -> Void
    ) throws -> [Volume] {
        let (contentSize, count) = try layout(bundle, volumeSize)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        let (file, whole) = (bundle.file, SHA256Hasher())
        var hashers: [SHA256Hasher] = []
        for number in 1...count {
            let hasher = SHA256Hasher()
            var position = UInt64(number - 1) * contentSize
            let end = min(position + contentSize, file.size)
            let mode: UInt16 = number == 1 && bundle.headRegion != nil ? 0o755 : 0o644
            let path = VolumeName.path(folder.appending(name), number)
            try open(path, [.create, .exclusiveCreate], mode: mode) { output in
                while position < end {
                    let size = Int(min(UInt64(buffer.count), end - position))
                    let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<size])
                    try file.read(at: position, into: piece)
                    let bytes = UnsafeRawBufferPointer(piece)
                    whole.update(bytes)
                    hasher.update(bytes)
                    try output.writeAll(bytes)
                    position += UInt64(size)
                    try advanced(UInt64(size))
                }
            }
            hashers.append(hasher)
        }
        // The digest of the whole is known now: it goes behind every volume's content.
        let first = VolumeFooter(
            number: 1, count: count, contentSize: contentSize, bundleSize: file.size, bundle: whole.finish())
        let volumes = try hashers.enumerated().map { place, hasher in
            let footer = first.numbered(place + 1)
            let path = VolumeName.path(folder.appending(name), footer.number)
            try open(path, [.append], mode: nil) { try $0.writeAll(footer.encode()) }
            hasher.update(footer.encode())
            return Volume(
                name: path.lastComponent?.string ?? name, size: footer.fileSize, sha256: hasher.finish())
        }
        try FileSystem.syncDirectory(folder)
        return volumes
    }

    private static func layout(_ bundle: BundleFile, _ volumeSize: UInt64) throws -> (contentSize: UInt64, count: Int) {
        guard volumeSize > VolumeFooter.byteCount else {
            throw PayloadError.unusable(
                "a volume of \(volumeSize) bytes: its footer alone has \(VolumeFooter.byteCount)")
        }
        let contentSize = min(volumeSize - VolumeFooter.byteCount, 1 << 60)
        let count = VolumeFooter.count(of: bundle.file.size, contentSize: contentSize)
        guard count <= UInt64(VolumeFooter.countLimit) else {
            throw PayloadError.unusable(
                "volumes of \(volumeSize) bytes would be \(count), at most \(VolumeFooter.countLimit) are read")
        }
        if let head = bundle.headRegion, head.upperBound > contentSize {
            throw PayloadError.unusable(
                "a first volume of \(volumeSize) bytes does not hold the executable of \(head.upperBound)")
        }
        return (contentSize, Int(count))
    }

    /// - Parameter mode: nil leaves it as it is.
    private static func open(
        _ path: FilePath, _ options: FileDescriptor.OpenOptions, mode: UInt16?,
        _ write: (FileDescriptor) throws -> Void
    ) throws {
        do {
            let output = try FileDescriptor.open(
                path, .writeOnly, options: options.union([.noFollow, .closeOnExec]), permissions: .ownerReadWrite)
            try output.closeAfter {
                try write(output)
                if let mode, fchmod(output.rawValue, mode_t(mode)) != 0 { throw Errno(rawValue: errno) }
                guard fsync(output.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
        } catch let error as Errno {
            throw PayloadError.system("write", path: path.string, errno: error.rawValue)
        }
    }
}

import BundleModel
import Signing
import SystemPackage

extension DamagedBundle {
    /// Whether the repaired file has the executable before it: as the damaged one, or as any copy where that cannot be
    /// told.
    var wantsHead: Bool {
        guard index.head != nil else { return false }
        return sources[0].tar.map { $0 > 0 } ?? sources.contains { $0.tar.map { $0 > 0 } ?? false }
    }

    func hasHead(_ source: RepairSource) -> Bool {
        guard let head = index.head, head.size <= source.file.size else { return false }
        let hasher = SHA256Hasher()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var position: UInt64 = 0
        while position < head.size {
            let piece = UnsafeMutableRawBufferPointer(
                rebasing: buffer[..<Int(min(UInt64(buffer.count), head.size - position))])
            guard (try? source.file.read(at: position, into: piece)) != nil else { return false }
            hasher.update(UnsafeRawBufferPointer(piece))
            position += UInt64(piece.count)
        }
        return hasher.finish() == head.sha256
    }

    /// Where a pack may begin in a copy, likeliest first. A wrong guess costs time alone: chunks have digests.
    func packStarts(of number: Int, in source: RepairSource) -> [UInt64] {
        let before = index.packs[..<number].reduce(UInt64(0)) {
            $0 + TarHeader.blockSize + TarHeader.padded($1.size)
        }
        var firsts: [UInt64] = []
        if let name = index.packs.first?.path, let found = source.firstPack(named: name) { firsts.append(found) }
        // By the beginning of the other copies, whose signatures may be as many as this one's.
        let front = TarHeader.blockSize + TarHeader.padded(UInt64(indexBytes.count))
        // The index may have been read without knowing whose it is: no sum with its number that could overflow.
        let behindHead = index.head.flatMap { $0.size <= source.file.size ? Self.paddedSize($0) : nil }
        let guesses: [UInt64?] = [source.tar, behindHead, 0]
        let tars = guesses.compactMap { $0 }
        for other in sources {
            guard let name = index.packs.first?.path, let tar = other.tar, let first = other.firstPack(named: name)
            else { continue }
            firsts += tars.map { $0 + first - tar }
        }
        firsts += tars.map { $0 + front + signatureSpan }
        var seen: Set<UInt64> = []
        return firsts.map { $0 + before + TarHeader.blockSize }.filter { seen.insert($0).inserted }
    }

    /// Bytes of the executable with the zeros behind it.
    private static func paddedSize(_ head: Head) -> UInt64 {
        let rest = head.size % BundleFile.alignment
        return head.size - rest + (rest == 0 ? 0 : BundleFile.alignment)
    }

    /// Bytes that the valid signatures take in the outer tar.
    private var signatureSpan: UInt64 {
        var sum: UInt64 = 0
        for signature in signatures {
            for bytes in [signature.signature, signature.publicKey?.pem ?? []] {
                sum += TarHeader.blockSize + TarHeader.padded(UInt64(bytes.count))
            }
        }
        return sum
    }

    /// - Parameter starts: of each copy, where the pack may begin.
    func find(_ chunk: Int, of pack: Pack, starts: [[UInt64]]) -> RepairPlan.Place? {
        let size = ChunkCheck.range(of: chunk, in: pack).count
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: min(size, 256 << 10), alignment: 4096)
        defer { buffer.deallocate() }
        for (number, source) in sources.enumerated() {
            for start in starts[number] where start <= source.file.size {
                do {
                    try ChunkCheck.verify(chunk, of: pack, at: start, in: source.file, through: buffer)
                    return RepairPlan.Place(source: number, offset: start)
                } catch {
                    // Damaged there, or beyond the end: another place has it, or none.
                    continue
                }
            }
        }
        return nil
    }
}

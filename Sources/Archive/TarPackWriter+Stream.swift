import BundleModel
import CArchive
import Signing
import SystemPackage

extension TarPackWriter {
    /// Ends the pack that has a stream of its own. The output holds all of its bytes, not yet synced.
    public func finish() throws -> PackSummary {
        let summaries = try finishStream()
        return summaries[summaries.count - 1]
    }

    /// Ends the stream, and gives each pack of it its bytes, not yet synced.
    ///
    /// - Returns: what the packs are, in the stream's order; this one is the last.
    /// - Throws: `ArchiveError.system`, `.library`, and what `progressed` throws.
    public func finishStream() throws -> [PackSummary] {
        try endTar()
        var cuts = try stream.finish()[...]
        var start: UInt64 = 0
        let packs = self.packs
        let summaries = try packs.map { writer in
            let ends = cuts.prefix(max(0, writer.parts.count - 1))
            cuts = cuts.dropFirst(ends.count)
            let end = cuts.popFirst() ?? stream.size
            let chunks = try packs.count == 1 ? stream.chunks : writer.moveHere(start..<end, from: packs[0])
            let summary = writer.summary(ends.map { $0 - start }, size: end - start, chunks: chunks)
            start = end
            return summary
        }
        try packs[0].truncate(to: summaries[0].size)
        return summaries
    }

    /// What the pack is written into, with those before it.
    var stream: PackStream { sink.stream }

    /// Ends the tar, and with it the last part.
    func endTar() throws {
        try check(archive_write_close(archive), "archive_write_close")
        sink.isClosed = true
        endPart()
    }

    /// Those of the stream, in its order.
    private var packs: [TarPackWriter] {
        var packs = [self]
        while let before = packs[packs.count - 1].before { packs.append(before) }
        return packs.reversed()
    }

    /// Hashes a piece of the stream and copies it to where it belongs; the first pack's is there.
    private func moveHere(_ range: Range<UInt64>, from first: TarPackWriter) throws -> [SHA256Digest] {
        let hasher = ChunkHasher(chunkSize: stream.chunkSize)
        do {
            var at = range.lowerBound
            while at < range.upperBound {
                let room = UnsafeMutableRawBufferPointer(
                    rebasing: buffer[..<Int(min(UInt64(buffer.count), range.upperBound - at))])
                let count = try first.output.read(fromAbsoluteOffset: Int64(at), into: room)
                guard count > 0 else {
                    throw ArchiveError.unusableSource("pack", reason: "cut off while it was written")
                }
                let piece = UnsafeRawBufferPointer(rebasing: room[..<count])
                hasher.update(piece)
                if self !== first { try output.writeAll(piece) }
                at += UInt64(count)
            }
        } catch let error as Errno {
            throw ArchiveError.system("copy", path: "pack", errno: error.rawValue)
        }
        hasher.finish()
        return hasher.chunks
    }

    private func truncate(to size: UInt64) throws {
        guard before == nil, size < stream.size else { return }
        do { try output.resize(to: Int64(size)) } catch let error as Errno {
            throw ArchiveError.system("truncate", path: "pack", errno: error.rawValue)
        }
    }

    /// - Parameter ends: bytes of the pack up to the end of each part but the last.
    private func summary(_ ends: [UInt64], size: UInt64, chunks: [SHA256Digest]) -> PackSummary {
        let identity = SHA256Hasher()
        for chunk in chunks { identity.update(chunk.bytes) }
        let parts = zip(self.parts, ends + [size]).map { part, end in
            var part = part
            part.end = end
            return part
        }
        return PackSummary(
            size: size, uncompressedSize: sink.taken, chunks: chunks, digest: identity.finish(),
            chunkSize: stream.chunkSize, compression: stream.compression, members: members,
            parts: parts.isEmpty ? nil : parts)
    }
}

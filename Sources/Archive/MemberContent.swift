import BundleModel
import Signing

/// A member's content as it comes out of a pack, compared with the index at its end: its size, and its digest unless
/// whoever takes it hashes it anyway.
final class MemberContent: ByteSource {
    private let tar: TarReader
    private let member: Pack.Member
    private let hasher: SHA256Hasher?
    private var done: UInt64 = 0
    private var isFinished = false

    init(_ member: Pack.Member, in tar: TarReader, hashing: Bool) {
        self.member = member
        self.tar = tar
        hasher = hashing ? SHA256Hasher() : nil
    }

    /// - Returns: 0 at the end, and only if everything was what the index lists.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard !isFinished else { return 0 }
        let count = try tar.read(into: buffer)
        done += UInt64(count)
        guard done <= member.size else {
            throw ArchiveError.unexpectedMember(member.path, reason: "longer than \(member.size) bytes")
        }
        hasher?.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        if count == 0 {
            isFinished = true
            if let expected = member.sha256, let digest = hasher?.finish(), digest != expected {
                throw ArchiveError.wrongDigest(member.path, expected: expected, actual: digest)
            }
        }
        return count
    }
}

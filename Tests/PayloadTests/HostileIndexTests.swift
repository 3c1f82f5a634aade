import Archive
import BundleModel
import FoundationEssentials
import Payload
import Signing
import SystemPackage
import Testing

/// Files made to be read, not damaged by chance: what no digest guards is refused too, and nothing traps. Nobody signs
/// such an index, but it is read before anybody asks who signed it.
struct HostileIndexTests {
    @Test func theSameBundleWithoutTricksOpens() throws {
        #expect(try reason { _ in } == nil)
    }

    @Test(arguments: [UInt64.max, UInt64.max - 4094, 1 << 62])
    func aHeadThatCannotBeIsRefused(size: UInt64) throws {
        #expect(try reason { $0.index.head?.size = size }?.contains("before a bundle at") == true)
    }

    @Test func twoPacksOfOneNameAreRefused() throws {
        let found = try reason {
            $0.index.packs[1] = $0.index.packs[0]
            $0.packs[1] = $0.packs[0]
        }
        #expect(found == "pack node is listed twice")
    }

    /// Each would take the other's names on nodes.
    @Test func oneReferenceWithTwoImagesIsRefused() throws {
        let reference = try ImageReference("r.example/app:1")
        let found = try reason { raw in
            raw.index.lock.images = ["1", "2"].map { text in
                let digest = SHA256Hasher.hash(text.utf8)
                return LockedImage(
                    reference: reference, digest: digest, mediaType: .manifest, manifest: digest, size: 1, roles: [],
                    source: "r.example")
            }
        }
        #expect(found == "image r.example/app:1 is listed twice")
    }

    @Test(arguments: ["", ".", "..", "a/b", "A", "a b", "a\u{1b}[2J", String(repeating: "a", count: 65)])
    func aPackWithAnotherKindOfNameIsRefused(_ name: String) throws {
        let found = try reason {
            $0.index.packs[0].name = name
            $0.packs[0].name = $0.index.packs[0].path
        }
        #expect(found?.hasPrefix("a pack's name is not one") == true)
    }

    @Test func oneMemberListedTwiceIsRefused() throws {
        let found = try reason { $0.index.packs[0].members.append($0.index.packs[0].members[1]) }
        #expect(found == "pack node: member 'usr/local/share/note': listed twice")
    }

    @Test func aHostileMemberIsRefusedBeforeItsPackIsRead() throws {
        let found = try reason { $0.index.packs[0].members[0].path = "../../etc/passwd" }
        #expect(found?.contains("has a '..' component") == true)
    }

    @Test func sizesOfMembersThatOverflowOrExceedTheTarAreRefused() throws {
        #expect(try reason { $0.index.packs[0].members[0].size = .max }?.contains("sizes that cannot be") == true)
        #expect(try reason { $0.index.packs[0].members[0].size = 1 << 30 }?.contains("in a tar of") == true)
        #expect(try reason { $0.index.packs[0].uncompressedSize = .max }?.contains("a size that cannot be") == true)
    }

    @Test(arguments: [0, 1, 511, UInt64.max, UInt64.max - 511, 1 << 48])
    func aPackOfAnotherSizeThanItsMemberOfTheTarIsRefused(_ size: UInt64) throws {
        #expect(try reason { $0.index.packs[0].size = size } != nil)
        // With chunks that fit the wrong size.
        guard size < 512 else { return }
        let found = try reason {
            $0.index.packs[0].size = size
            $0.index.packs[0].chunks = Array($0.index.packs[0].chunks.prefix(size == 0 ? 0 : 1))
            $0.index.packs[0].digest = SHA256Hasher.hash($0.index.packs[0].chunks.flatMap(\.bytes))
        }
        #expect(found?.contains("the index says \(size)") == true)
    }

    @Test(arguments: [0, 1 << 27, UInt64.max])
    func chunksOfAnImpossibleSizeAreRefused(_ size: UInt64) throws {
        #expect(try reason { $0.index.packs[0].chunkSize = size }?.contains("chunks of") == true)
    }

    /// Before anything is allocated for it.
    @Test(arguments: [Int.min, 9, Compression.windowLogs.upperBound + 1, 31, 32, Int.max])
    func aWindowThatNoNodeIsAskedForIsRefused(_ log: Int) throws {
        #expect(try reason { $0.index.packs[0].compression.windowLog = log }?.contains("a window of 2^\(log)") == true)
    }

    @Test func noNameReachesTheTerminalAsACommand() {
        let name = "a\u{1b}[2J\n\u{202e}b\u{9b}"
        let clean = "a\\u{1b}[2J\\u{a}\\u{202e}b\\u{9b}"
        #expect(PayloadError.unusable(name).message == "cannot write the bundle: \(clean)")
        #expect(ArchiveError.unexpectedMember(name, reason: "é").message.contains("'\(clean)' is not what"))
        #expect(ArchiveError.unexpectedMember("", reason: "é ü").message.hasSuffix(": é ü"))
    }

    @Test func chunksThatAreNotTheDigestsAreRefused() throws {
        let found = try reason { $0.index.packs[0].chunks[0] = $0.index.releaseID }
        #expect(found?.contains("not those of its digest") == true)
    }

    /// What makes up one pack and its file, with all that the index says about them.
    private func reason(_ change: (inout RawBundle) throws -> Void) throws -> String? {
        let sample = try SampleBundle()
        defer { sample.remove() }
        var raw = try RawBundle(sample)
        try change(&raw)
        try raw.write(to: sample.file, key: sample.key)
        return try RawBundle.reason(sample.file)
    }

    /// A folder is named so when a bundle is extracted.
    @Test(arguments: ["../../etc/cron.d", "a/b", "", "..", "a\u{1b}[2J"])
    func anOperatingSystemOfAnotherKindOfNameIsRefused(_ name: String) throws {
        let found = try reason { $0.index.packs[0].selector.osReleases = [name] }
        #expect(found?.contains("the name of an operating system's release is not one") == true)
    }
}

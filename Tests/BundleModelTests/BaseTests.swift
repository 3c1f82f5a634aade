import BundleModel
import FoundationEssentials
import Testing

struct BaseTests {
    @Test func aDeltasIndexReadsBackAndAWholeOneSaysNothingOfIt() throws {
        let whole = try SampleIndex.make()
        var delta = whole
        delta.base = Base(whole, digest: whole.releaseID)
        delta.packs[0].omitted = [whole.packs[0].members[0]]
        delta.packs[0].members.removeFirst()
        let bytes = try CanonicalJSON.encode(delta)
        #expect(try CanonicalJSON.decode(BundleIndex.self, from: bytes) == delta)
        #expect(Set(delta.packs[0].allMembers) == Set(whole.packs[0].members))
        let text = String(decoding: try CanonicalJSON.encode(whole), as: UTF8.self)
        #expect(!text.contains("\"base\"") && !text.contains("\"omitted\""))
    }

    @Test func aPersonFindsTheBaseByItsVersionsNumberAndDigest() throws {
        let index = try SampleIndex.make()
        let digest = try SHA256Digest(hex: String(repeating: "c", count: 64))
        #expect(
            Base(index, digest: digest).text
                == "Kubernetes 1.20.2, sequence 1700000000 of 'kubernetes', made 2023-11-14T22:13:20Z, index \(digest)")
    }
}

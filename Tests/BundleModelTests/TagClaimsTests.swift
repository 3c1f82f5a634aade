import BundleModel
import Testing

struct TagClaimsTests {
    private func digest(_ digit: Character) throws -> SHA256Digest {
        try SHA256Digest(hex: String(repeating: digit, count: 64))
    }

    /// - Parameter digit: of the image's digest; where it stands behind the name's `@`, the name gets the digest too.
    private func image(_ name: String, _ digit: Character) throws -> LockedImage {
        let digest = try digest(digit)
        let reference = try ImageReference(name.hasSuffix("@") ? "\(name)\(digest)" : name)
        return LockedImage(
            reference: reference, digest: digest, mediaType: .index, manifest: digest, size: 1, roles: [],
            source: "r.example")
    }

    private func tags(_ images: [LockedImage]) -> [String?] {
        let claims = TagClaims(images)
        return images.map { claims.names(of: $0).tag }
    }

    @Test(
        arguments: [
            ("r.example/app:1", "r.example/app:1"), ("r.example/app:1@", "r.example/app:1"), ("r.example/app@", nil),
            ("app", "docker.io/library/app:latest"),
        ] as [(String, String?)])
    func anImageAloneHasItsTagAndItsDigest(_ name: String, _ tag: String?) throws {
        let image = try image(name, "1")
        let names = TagClaims([image]).names(of: image)
        #expect(names.tag == tag)
        #expect(names.digest == "\(image.reference.name)@\(image.digest)")
        #expect(names.all == (tag.map { [$0] } ?? []) + [names.digest])
    }

    @Test func thePlainReferenceKeepsItsTagBesideAPinnedOne() throws {
        let plain = try image("r.example/app:1", "1")
        let pinned = try image("r.example/app:1@", "2")
        #expect(tags([plain, pinned]) == ["r.example/app:1", nil])
        #expect(tags([pinned, plain]) == [nil, "r.example/app:1"])
    }

    @Test func noneOfSeveralPinnedReferencesHasTheTag() throws {
        let images = [try image("r.example/app:1@", "1"), try image("r.example/app:1@", "2")]
        #expect(tags(images) == [nil, nil])
    }

    @Test func aTagWithOneDigestIsEverybodys() throws {
        let images = [try image("r.example/app:1", "1"), try image("r.example/app:1@", "1")]
        #expect(tags(images) == ["r.example/app:1", "r.example/app:1"])
    }

    @Test func otherTagsOtherRepositoriesAndNamesWithoutATagDoNotCount() throws {
        let images = [
            try image("r.example/app:1@", "1"), try image("r.example/app:2@", "2"),
            try image("r.example/other:1@", "3"), try image("r.example/app@", "4"),
        ]
        #expect(tags(images) == ["r.example/app:1", "r.example/app:2", "r.example/other:1", nil])
    }

    @Test func aLockThatContradictsItselfSaysWhere() throws {
        var lock = try SampleIndex.make().lock
        lock.images = [try image("r.example/app:1", "1"), try image("r.example/app:1@", "2")]
        #expect(lock.contradiction == nil)
        lock.images.append(try image("r.example/app:1", "3"))
        #expect(lock.contradiction == "image r.example/app:1 is listed twice")
        lock.images = [try image("r.example/app:1@", "1")]
        lock.images[0].digest = try digest("2")
        let wrong = lock.images[0]
        #expect(lock.contradiction == "image \(wrong.reference) is listed with digest \(wrong.digest)")
    }
}

import BundleModel
import Testing

struct ImageReferenceTests {
    private static let digest = "sha256:" + String(repeating: "0a", count: 32)

    @Test(arguments: [
        ("registry.k8s.io/pause:3.10", "registry.k8s.io/pause:3.10"),
        ("registry.k8s.io/coredns/coredns:v1.11.3", "registry.k8s.io/coredns/coredns:v1.11.3"),
        ("nginx", "docker.io/library/nginx:latest"),
        ("nginx:1.27", "docker.io/library/nginx:1.27"),
        ("calico/node:v3.30.0", "docker.io/calico/node:v3.30.0"),
        ("docker.io/nginx", "docker.io/library/nginx:latest"),
        ("index.docker.io/calico/cni:v1", "docker.io/calico/cni:v1"),
        ("localhost/app", "localhost/app:latest"),
        ("localhost:5000/app:x", "localhost:5000/app:x"),
        ("127.0.0.1:5000/a/b/c", "127.0.0.1:5000/a/b/c:latest"),
        ("[::1]:5000/app", "[::1]:5000/app:latest"),
        ("quay.io/a/b@\(digest)", "quay.io/a/b@\(digest)"),
        ("quay.io/a/b:t@\(digest)", "quay.io/a/b:t@\(digest)"),
        ("app:5000", "docker.io/library/app:5000"),
    ])
    func namesAreCompletedAsContainerdDoes(text: String, canonical: String) throws {
        let reference = try ImageReference(text)
        #expect(reference.description == canonical)
        #expect(try ImageReference(reference.description) == reference)
    }

    @Test(arguments: [
        "", "/", "a//b", "A/b", "quay.io/", "quay.io//a", "quay.io/../a", "quay.io/a/../b", "quay.io/a/", "-a",
        "quay.io/-a", "a b", "quay.io/a\n", "quay.io/ä", "qu/ay.io:5000/a", "quay.io:x/a", "quay..io/a",
        "http://quay.io/a", "quay.io:/a",
    ])
    func badNamesAreRefused(text: String) {
        #expect(throws: ImageReferenceError.badName(text)) { try ImageReference(text) }
    }

    @Test(arguments: ["quay.io/a:", "quay.io/a:.x", "quay.io/a:x y", "quay.io/a:" + String(repeating: "x", count: 129)])
    func badTagsAreRefused(text: String) {
        #expect(throws: ImageReferenceError.badTag(text)) { try ImageReference(text) }
    }

    @Test(arguments: ["a@", "a@sha256:00", "user@evil.example/a", "a@sha512:00"])
    func badDigestsAreRefused(text: String) {
        #expect(throws: ImageReferenceError.badDigest(text)) { try ImageReference(text) }
    }

    @Test func theDigestIsWhatARegistryIsAskedFor() throws {
        #expect(try ImageReference("a/b:t@\(Self.digest)").manifestReference == Self.digest)
        #expect(try ImageReference("a/b:t").manifestReference == "t")
        #expect(try ImageReference("a/b").name == "docker.io/a/b")
    }
}

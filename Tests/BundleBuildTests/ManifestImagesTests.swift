import BundleBuild
import BundleModel
import Testing

struct ManifestImagesTests {
    @Test func everyImageOfEveryDocumentIsListedOnce() throws {
        let yaml = """
            apiVersion: apps/v1
            kind: DaemonSet
            spec:
              template:
                spec:
                  initContainers: [{name: a, image: "docker.io/calico/cni:v3.30.7"}]
                  containers:
                    - {name: b, image: docker.io/calico/node:v3.30.7}
                    - {name: c, image: docker.io/calico/cni:v3.30.7}
            ---
            kind: CustomResourceDefinition
            properties:
              image: {type: string, description: an image}
            """
        let images = try ManifestImages.list(in: yaml, path: "calico.yaml").map(\.description)
        #expect(images == ["docker.io/calico/cni:v3.30.7", "docker.io/calico/node:v3.30.7"])
    }

    @Test(arguments: [
        ("{kind: Prometheus, spec: {image: quay.io/p/p:v3}}", ["quay.io/p/p:v3"]),
        ("args: [--acme-http01-solver-image=quay.io/j/solver:v1, --v=2]", ["quay.io/j/solver:v1"]),
        ("command: [/run, --image, quay.io/j/agent:v1]", ["quay.io/j/agent:v1"]),
        ("args: [--helper-image=busybox:1]", ["docker.io/library/busybox:1"]),
        ("env: [{name: RELATED_IMAGE_PROXY, value: quay.io/o/proxy:1}]", ["quay.io/o/proxy:1"]),
        // What may look like one and is none.
        ("args: [--pull-image=true, --image=$(IMAGE), --image-policy=quay.io/a/b:1, --log-image]", []),
        ("env: [{name: MIRROR, value: quay.io/o/proxy:1}, {name: RELATED_IMAGE_X, valueFrom: {}}]", []),
        ("[{image: }, {image: ~}, {image: null}, {image: ''}]", []),
        ("data: {deployment: 'image: quay.io/a/b:1'}", []),
    ])
    func imagesAreFoundWhereTheDocumentationSays(_ yaml: String, _ expected: [String]) throws {
        #expect(try ManifestImages.list(in: yaml, path: "x.yaml").map(\.description) == expected)
    }

    @Test(arguments: ["a: [1", "a: b\n---\nc: {"])
    func brokenYAMLIsRefusedEvenAfterAGoodDocument(yaml: String) {
        #expect(throws: BundleBuildError.self) { try ManifestImages.list(in: yaml, path: "x.yaml") }
    }

    @Test func aliasesOfAliasesEnd() throws {
        var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for number in 1...9 {
            let all = [String](repeating: "*a\(number - 1)", count: 10).joined(separator: ", ")
            yaml += "a\(number): &a\(number) [\(all)]\n"
        }
        let text = yaml
        let error = try #require(throws: BundleBuildError.self) { try ManifestImages.list(in: text, path: "x.yaml") }
        #expect(error.message.contains("x.yaml: it has more than"))
    }

    @Test func badImageNameIsRefused() {
        #expect(throws: ImageReferenceError.self) { try ManifestImages.list(in: "image: UPPER/Case", path: "x.yaml") }
    }
}

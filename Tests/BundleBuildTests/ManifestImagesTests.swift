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

    @Test(arguments: ["a: [1", "a: b\n---\nc: {"])
    func brokenYAMLIsRefusedEvenAfterAGoodDocument(yaml: String) {
        #expect(throws: BundleBuildError.self) { try ManifestImages.list(in: yaml, path: "x.yaml") }
    }

    @Test func badImageNameIsRefused() {
        #expect(throws: ImageReferenceError.self) { try ManifestImages.list(in: "image: UPPER/Case", path: "x.yaml") }
    }
}

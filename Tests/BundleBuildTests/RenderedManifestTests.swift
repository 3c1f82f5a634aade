import BundleModel
import Testing

@testable import BundleBuild

struct RenderedManifestTests {
    private func manifest(_ rendered: String, in namespace: String = "hello") throws -> RenderedManifest {
        try RenderedManifest(rendered, namespace: namespace, name: "hello")
    }

    private static let namespace = "---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: hello\n"

    @Test func objectsWithoutANamespaceGetTheOneAskedFor() throws {
        let rendered = """
            ---
            # Source: hello/templates/all.yaml
            kind: Service
            metadata:
                # ours
                name: a
            spec: {}
            ---
            kind: Role
            metadata:
              name: b
              namespace: elsewhere
            ---
            kind: ClusterRole
            metadata:
              name: c
            """
        let manifest = try manifest(rendered)
        #expect(manifest.notes == [])
        #expect(
            manifest.text == Self.namespace + """
                ---
                # Source: hello/templates/all.yaml
                kind: Service
                metadata:
                    namespace: hello
                    # ours
                    name: a
                spec: {}
                ---
                kind: Role
                metadata:
                  name: b
                  namespace: elsewhere
                ---
                kind: ClusterRole
                metadata:
                  name: c

                """)
    }

    @Test(arguments: ["kube-system", "default"])
    func aNamespaceOfKubernetesIsNotMade(_ namespace: String) throws {
        let text = try manifest("kind: Service\nmetadata:\n  name: a\n", in: namespace).text
        #expect(text == "---\nkind: Service\nmetadata:\n  namespace: \(namespace)\n  name: a\n")
    }

    @Test func aNamespaceThatTheChartMakesIsNotMadeTwice() throws {
        let text = try manifest("kind: Namespace\nmetadata:\n  name: hello\n  labels: {a: b}\n").text
        #expect(text == "---\nkind: Namespace\nmetadata:\n  name: hello\n  labels: {a: b}\n")
    }

    @Test(arguments: [
        ("pre-install", true), ("post-install, post-upgrade", true), ("crd-install", true), ("test", false),
        ("pre-delete", false), ("post-upgrade,pre-rollback", false),
    ])
    func onlyHooksOfAnInstallationAreKept(_ hook: String, _ isKept: Bool) throws {
        let rendered = """
            kind: Job
            metadata:
              name: a
              annotations: {"helm.sh/hook": "\(hook)"}
            """
        #expect(try manifest(rendered).text.contains("kind: Job") == isKept)
    }

    @Test func whatIsNoObjectGoes() throws {
        #expect(try manifest("---\n# nothing\n---\n\n---\n").text == Self.namespace)
    }

    @Test func linesOfOtherSystemsAndTextBlocksStayWhole() throws {
        let rendered = "---\r\nkind: ConfigMap\r\nmetadata:\r\n  name: a\r\ndata:\r\n  text: |\r\n    ---\r\n    x\r\n"
        let text = try manifest(rendered, in: "default").text
        let metadata = "metadata:\n  namespace: default\n  name: a\n"
        #expect(text == "---\nkind: ConfigMap\n\(metadata)data:\n  text: |\n    ---\n    x\n")
    }

    @Test func anObjectInOneLineIsToldToGoElsewhere() throws {
        let manifest = try manifest("{kind: Service, metadata: {name: a}}")
        #expect(manifest.notes == ["chart hello: Service a goes to the namespace 'default'"])
        #expect(manifest.text.hasSuffix("---\n{kind: Service, metadata: {name: a}}\n"))
    }

    @Test func textThatIsNotYAMLIsRefused() throws {
        let error = try #require(throws: BundleBuildError.self) { try manifest("a: [1") }
        #expect(error.message.contains("chart hello"))
        #expect(error.category == .invalidInput)
    }
}

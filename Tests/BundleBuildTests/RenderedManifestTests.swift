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

    @Test func itemsOfAListGetTheNamespaceLikeOtherObjects() throws {
        let rendered = """
            apiVersion: v1
            kind: List
            metadata: {resourceVersion: ""}
            items:
            # the first
            - apiVersion: v1
              kind: Service
              metadata:
                # ours
                name: a
            - metadata:
                  name: b
                  namespace: elsewhere
              kind: Role
            - metadata: # of all
                  name: c
              kind: Role
            - kind: ClusterRole
              metadata:
                name: d
            - {kind: Secret, metadata: {name: e}}
            """
        let manifest = try manifest(rendered, in: "kube-system")
        #expect(manifest.notes == ["chart hello: Secret e goes to the namespace 'default'"])
        #expect(
            manifest.text == """
                ---
                apiVersion: v1
                kind: List
                metadata: {resourceVersion: ""}
                items:
                # the first
                - apiVersion: v1
                  kind: Service
                  metadata:
                    namespace: kube-system
                    # ours
                    name: a
                - metadata:
                      name: b
                      namespace: elsewhere
                  kind: Role
                - metadata: # of all
                      namespace: kube-system
                      name: c
                  kind: Role
                - kind: ClusterRole
                  metadata:
                    name: d
                - {kind: Secret, metadata: {name: e}}

                """)
    }

    @Test func itemsOfATypedListNeedNotSayTheirKind() throws {
        let items = "apiVersion: v1\nitems:\n  - metadata:\n      name: a\n"
        let text = try manifest("kind: ConfigMapList\n\(items)", in: "default").text
        let placed = "apiVersion: v1\nitems:\n  - metadata:\n      namespace: default\n      name: a\n"
        #expect(text == "---\nkind: ConfigMapList\n\(placed)")
        let roles = try manifest("kind: ClusterRoleList\n\(items)", in: "default")
        #expect(roles.text == "---\nkind: ClusterRoleList\n\(items)" && roles.notes == [])
    }

    @Test func aListMayBeEmptyAndMayMakeTheNamespace() throws {
        let empty = try manifest("kind: List\nitems:\n", in: "default")
        #expect(empty.text == "---\nkind: List\nitems:\n" && empty.notes == [])
        let namespace = "kind: List\nitems:\n- kind: Namespace\n  metadata:\n    name: hello\n"
        #expect(try manifest(namespace).text == "---\n\(namespace)")
        // A kind of somebody's own that is called so.
        let own = try manifest("kind: AllowList\nmetadata:\n  name: a\n", in: "default").text
        #expect(own == "---\nkind: AllowList\nmetadata:\n  namespace: default\n  name: a\n")
    }

    @Test(arguments: ["\u{2028}", "\u{85}"])
    func linesAreThoseOfTheParser(_ separator: String) throws {
        let text = try manifest("# a\(separator)# b\nkind: Service\nmetadata:\n  name: a\n", in: "default").text
        #expect(text == "---\n# a\(separator)# b\nkind: Service\nmetadata:\n  namespace: default\n  name: a\n")
    }

    @Test(arguments: ["metadata: {\n  name: a}", "metadata:\n  {name: a}", "metadata: &m\n  name: a"])
    func whatIsNoLineOfItsOwnStaysAsItIs(_ metadata: String) throws {
        let manifest = try manifest("kind: Service\n\(metadata)\n", in: "kube-system")
        #expect(manifest.text == "---\nkind: Service\n\(metadata)\n")
        #expect(manifest.notes == ["chart hello: Service a goes to the namespace 'default'"])
    }

    @Test func textThatIsNotYAMLIsRefused() throws {
        let error = try #require(throws: BundleBuildError.self) { try manifest("a: [1") }
        #expect(error.message.contains("chart hello"))
        #expect(error.category == .invalidInput)
    }
}

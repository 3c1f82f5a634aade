import BundleModel
import Fetch
import Testing

@testable import BundleBuild

/// What came in a manifest's place.
struct ManifestCheckTests {
    private func problem(_ text: String) -> FetchError? {
        do {
            try ManifestCheck.require(Array(text.utf8), url: "http://x/deploy.yaml")
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "apiVersion: v1\nkind: Namespace\n", "---\n# only a comment\n---\napiVersion: v1\nkind: List\nitems: []\n---\n",
    ])
    func aManifestIsTaken(_ text: String) {
        #expect(problem(text) == nil)
    }

    @Test(arguments: [
        "", "# nothing\n", "Bad gateway", "{\"errors\": [{\"code\": \"UNAVAILABLE\"}]}",
        "<html><body>Login</body></html>",
        "apiVersion: v1\nkind: Namespace\n---\nmaintenance\n", "apiVersion: v1\nkind: [\n",
        "- apiVersion: v1\n  kind: A\n",
    ])
    func anythingElseIsRefused(_ text: String) {
        let error = problem(text)
        #expect(error?.category == .upstreamMismatch)
        #expect(error?.message.contains("expected a Kubernetes manifest") == true)
    }
}

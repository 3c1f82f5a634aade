import BundleBuild
import BundleModel
import Fetch
import Host
import SystemPackage
import TestSupport
import Testing

struct RequestFileTests {
    private let matrix: VersionMatrix
    private let examples = JSONSchema.specification.removingLastComponent().appending("examples")

    init() throws { matrix = try VersionMatrix.embedded() }

    private func read(_ text: String, folder: FilePath = "") throws -> RequestFile {
        try RequestFile(text, path: "bundle.yaml", folder: folder)
    }

    @Test func everyKeyIsRead() throws {
        let file = try read(
            """
            schemaVersion: 1
            kubernetes: v1.33
            containerd: 2.0
            runc: stable
            cniPlugins: v1.8.0
            crictl: v1.33
            network: calico@v3.30
            architectures: [arm64, amd64]
            os: [debian-12, ubuntu-22.04]
            addOns:
              - helm@3.18
              - etcdctl
            images: ["registry.example/app@sha256:\(String(repeating: "a", count: 64))"]
            imageLists: [lists/images.txt]
            originalLayers: [busybox]
            manifests:
              - app.yaml
              - path: sub/later.yml
                apply: false
            charts:
              - name: web
                namespace: shop
                path: charts/web
                values: [values.yaml]
                settings: {image.tag: 1.20, replicas: 2}
            allowUntested: true
            sources:
              kubernetes: [https://a.example, https://b.example]
              helm: https://c.example
            registryMirrors: {docker.io: "http://127.0.0.1:5000"}
            aptSources:
              - deb [trusted=yes] file:/srv/debian bookworm main
              - sources.list
            aptKeyrings: [archive.gpg]
            aptSnapshot: 20260101T000000Z
            packages: [chrony, nfs-common=1:2.6.2-4]
            """, folder: "/bundles")
        #expect(file.kubernetes == .line("1.33") && file.containerd == .line("2.0") && file.runc == .stable)
        #expect(file.cniPlugins == .exact(SemanticVersion(1, 8, 0)) && file.crictl == .line("1.33"))
        #expect(file.network == .calico(.line("3.30")))
        #expect(file.architectures == [.arm64, .amd64] && file.osReleases == ["debian-12", "ubuntu-22.04"])
        #expect(file.addOns == [AddOnChoice(name: "helm", version: "3.18"), AddOnChoice(name: "etcdctl")])
        #expect(file.images.first?.digest != nil && file.imageLists == ["/bundles/lists/images.txt"])
        #expect(file.originalLayers.map(\.description) == ["docker.io/library/busybox:latest"])
        #expect(
            file.manifests == [
                PlannedManifest(name: "app", path: "/bundles/app.yaml"),
                PlannedManifest(name: "later", path: "/bundles/sub/later.yml", apply: false),
            ])
        // Text as it is written: 1.20 stays 1.20.
        #expect(
            file.charts == [
                PlannedChart(
                    name: "web", namespace: "shop", path: "/bundles/charts/web", values: ["/bundles/values.yaml"],
                    settings: ["image.tag": "1.20", "replicas": "2"])
            ])
        #expect(file.allowUntested)
        #expect(file.sources["kubernetes"] == ["https://a.example", "https://b.example"])
        #expect(file.sources["helm"] == ["https://c.example"])
        #expect(file.registryMirrors == ["docker.io": ["http://127.0.0.1:5000"]])
        #expect(file.aptSources == ["deb [trusted=yes] file:/srv/debian bookworm main", "/bundles/sources.list"])
        #expect(file.aptKeyrings == ["/bundles/archive.gpg"] && file.aptSnapshot == "20260101T000000Z")
        #expect(file.packages == ["chrony", "nfs-common=1:2.6.2-4"])
    }

    @Test(arguments: [
        ("kubernetes: v1.33\nkuberntes: v1.33", "line 2: unknown key 'kuberntes'"),
        ("images:\n  - busybox\n  - 'Bad Name'", "line 3: images"),
        ("images: busybox", "line 1: images: expected a list"),
        ("network: weave", "line 1: network"), ("kubernetes: newest", "line 1: kubernetes: not a version: 'newest'"),
        ("architectures: [amd64, riscv64]", "expected amd64 or arm64"),
        ("allowUntested: yes please", "expected true or false"), ("schemaVersion: 2", "this bundler reads 1"),
        ("- kubernetes: v1.33", "a bundle file: expected keys and values"),
        ("charts: [{name: web}]", "a chart lacks 'path'"),
        ("charts: [{name: Web, path: x}]", "at most 53 of lower-case letters"),
        ("charts: [{name: web, path: x, chart: y}]", "unknown key 'chart' in a chart"),
        ("manifests:\n  - pth: app.yaml", "line 2: unknown key 'pth' in a manifest"),
        ("manifests: ['a b.yaml']", "a file name of letters"), ("manifests: ['..']", "a file name of letters"),
        ("addOns: ['helm@']", "line 1: addOns"), ("kubernetes: v1.33\nkubernetes: v1.34", "cannot read bundle.yaml"),
        ("sources: {kubernetes: {a: b}}", "sources kubernetes: expected text"), ("a: [", "cannot read bundle.yaml"),
        ("", "it is empty"), ("# nothing\n", "it is empty"),
    ])
    func whatCannotBeMeantIsRefusedWithItsLine(text: String, message: String) {
        let error = #expect(throws: BundleBuildError.self) { try read(text) }
        #expect(error?.message.contains(message) == true, "\(error.map(\.message) ?? "")")
        #expect(error?.category == .invalidInput)
    }

    @Test func keysWithoutAValueCountAsAbsent() throws {
        let file = try read("kubernetes: v1.33\nimages:\naddOns: ~\ncontainerd: null\n")
        var expected = RequestFile()
        expected.kubernetes = .line("1.33")
        #expect(file == expected)
    }

    @Test func pathsStartFromTheFilesFolder() throws {
        let scratch = try ScratchFolder()
        let path = scratch.path.appending("bundle.yaml")
        try AtomicFile.write(Array("manifests: [app.yaml, /etc/other.yaml]".utf8), to: path)
        let file = try RequestFile(reading: path)
        #expect(file.manifests.map(\.path) == [scratch.path.appending("app.yaml").string, "/etc/other.yaml"])
        // A file in the current folder leaves them as they are.
        #expect(try read("manifests: [app.yaml]").manifests.map(\.path) == ["app.yaml"])
    }

    @Test func aFileThatIsNotThereIsInvalidInput() throws {
        let path = try ScratchFolder().path.appending("none.yaml")
        let error = #expect(throws: (any Error).self) { try RequestFile(reading: path) }
        #expect((error as? any Diagnostic)?.category == .invalidInput)
    }

    @Test func optionsReplaceOrAddAsDocumented() throws {
        let file = try read(
            """
            kubernetes: v1.33
            containerd: v2.0
            network: calico
            architectures: [amd64]
            os: [debian-12]
            addOns: [helm@3.18, etcdctl]
            images: [a.example/a]
            manifests: [a.yaml]
            sources: {kubernetes: https://a.example, helm: https://a.example}
            aptSources: [deb file:/a a a]
            """)
        var options = RequestFile()
        options.kubernetes = .stable
        options.network = .bridge
        options.architectures = [.arm64]
        options.osReleases = ["ubuntu-22.04"]
        options.addOns = [AddOnChoice(name: "helm"), AddOnChoice(name: "nerdctl")]
        options.images = [try ImageReference("b.example/b")]
        options.manifests = [try PlannedManifest(file: "b.yaml")]
        options.sources = ["helm": ["https://b.example"]]
        options.aptSources = ["deb file:/b b b"]
        let both = file.overridden(by: options)
        #expect(both.kubernetes == .stable && both.containerd == .line("2.0") && both.network == .bridge)
        #expect(both.architectures == [.arm64] && both.osReleases == ["ubuntu-22.04"])
        #expect(both.addOns.map(\.description) == ["etcdctl", "helm", "nerdctl"])
        #expect(both.images.map(\.registry) == ["a.example", "b.example"])
        #expect(both.manifests.map(\.name) == ["a", "b"])
        #expect(both.sources == ["kubernetes": ["https://a.example"], "helm": ["https://b.example"]])
        #expect(both.aptSources == ["deb file:/b b b"])
        #expect(file.overridden(by: RequestFile()) == file)
    }

    @Test func oneRequestForEachArchitectureByItsName() throws {
        let file = try read("kubernetes: v1.33.6\narchitectures: [arm64, amd64, arm64]\nos: [debian-12, debian-12]")
        let requests = try file.requests(matrix)
        #expect(requests.map(\.architecture) == [.amd64, .arm64])
        #expect(requests.allSatisfy { $0.osReleases == ["debian-12"] && $0.kubernetes == SemanticVersion(1, 33, 6) })
        #expect(try read("kubernetes: v1.33.6").requests(matrix).map(\.architecture) == [.amd64])
        #expect(throws: BundleBuildError.self) { try read("network: none").requests(matrix) }
    }

    @Test func theTemplateParsesAndPlansWithAndWithoutItsComments() throws {
        let text = try RequestFile.template(matrix)
        let plain = try read(text)
        #expect(plain.kubernetes == .exact(try matrix.kubernetes(selected: .stable)))
        for request in try plain.requests(matrix) { _ = try Resolver(matrix: matrix).resolve(request) }
        // What is commented out parses too. Words for people have one space behind their '#'.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let isForPeople = line.hasPrefix("# ") && !line.hasPrefix("#  ")
            return line.hasPrefix("#") && !isForPeople ? String(line.dropFirst()) : String(line)
        }
        let full = try read(lines.joined(separator: "\n"))
        #expect(full.containerd != nil && !full.addOns.isEmpty && !full.charts.isEmpty && full.allowUntested)
        #expect(!full.sources.isEmpty && !full.aptSources.isEmpty && full.manifests.count == 2)
        for var request in try full.requests(matrix) {
            request.allowUntested = false
            _ = try Resolver(matrix: matrix).resolve(request)
        }
    }

    @Test(arguments: ["full.yaml", "testbed.yaml"])
    func theExamplesPlanAndTheirFilesAreThere(name: String) throws {
        let file = try RequestFile(reading: examples.appending(name))
        for path in file.manifests.map(\.path) + file.imageLists + file.charts.compactMap(\.path)
            + file.charts.flatMap(\.values)
        {
            #expect(FileSystem.exists(FilePath(path)), "\(path)")
        }
        let known = try BuiltInSources.load()
        #expect(Set(file.sources.keys).isSubset(of: known.files.keys))
        let request = try #require(try file.requests(matrix).first)
        let plan = try Resolver(matrix: matrix).resolve(request)
        let all = Set(matrix.addOns.addOns.filter { !$0.isNetwork }.map(\.name))
        if name == "full.yaml" { #expect(Set(plan.addOns.map(\.name)) == all) }
    }
}

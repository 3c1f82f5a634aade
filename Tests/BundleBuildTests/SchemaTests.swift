import BundleBuild
import BundleModel
import Fetch
import FoundationEssentials
import Host
import Payload
import Signing
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

/// Everything that is written or embedded keeps to its schema in bundle-spec/.
@Suite(.enabled("needs python3-jsonschema: NO schema was checked") { await JSONSchema.isAvailable() })
struct SchemaTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    @Test(arguments: [
        ("matrix.json", "matrix"), ("add-ons.json", "add-ons"), ("sources.json", "sources"),
        ("node-config.example.json", "node-config"),
    ])
    func filesOfTheSpecificationKeepToTheirSchemas(_ name: String, _ schema: String) async throws {
        #expect(try await JSONSchema.faults(of: JSONSchema.specification.appending(name), schema: schema) == [])
    }

    @Test(arguments: CNI.Kind.allCases)
    func everyKindOfNetworkIsInTheSchema(_ kind: CNI.Kind) async throws {
        var index = try BundleFile.open(FilePath(try await make().file)).index
        index.release.cni = CNI(kind: kind)
        #expect(try await faults(CanonicalJSON.encode(index), schema: "bundle") == [])
    }

    @Test(.enabled("needs python3-yaml: NO bundle file was checked") { await JSONSchema.readsYAML() })
    func bundleFilesKeepToTheirSchema() async throws {
        let repository = JSONSchema.specification.removingLastComponent()
        var files = try ["full", "testbed"].map { name in
            try #require(try FileSystem.text(repository.appending("examples/\(name).yaml")))
        }
        files.append(try RequestFile.template(VersionMatrix.embedded()))
        for text in files {
            let path = scratch.path.appending("bundle.yaml")
            try AtomicFile.write(Array(text.utf8), to: path)
            #expect(try await faults(JSONSchema.json(ofYAML: path), schema: "bundle-file") == [])
        }
    }

    @Test func whatTheBundleFilesSchemaTakesBundlerReads() async throws {
        // JSON is YAML. Every key of the schema with a value, so that neither knows a key that the other does not.
        let document = """
            {"schemaVersion": 1, "kubernetes": "v1.33", "containerd": "stable", "runc": "1.3.6",
            "cniPlugins": "v1.8", "crictl": "v1.33.0", "network": "flannel@0.27", "architectures": ["arm64", "amd64"],
            "os": ["debian-12"], "addOns": ["helm@3.18"], "images": ["busybox"], "imageLists": ["images.txt"],
            "originalLayers": ["busybox"], "manifests": ["a.yaml", {"path": "b.yaml", "apply": false}],
            "charts": [{"name": "web", "namespace": "shop", "path": "web", "values": ["v.yaml"],
            "settings": {"image.tag": "1", "on": true}}], "allowUntested": true,
            "sources": {"kubernetes": ["https://a.example", "https://b.example"]},
            "registryMirrors": {"docker.io": "http://127.0.0.1:5000"}, "aptSources": ["deb file:/srv bookworm main"],
            "aptKeyrings": ["/a.gpg"], "aptSnapshot": "20260101T000000Z", "packages": ["chrony"]}
            """
        #expect(try await faults(Data(document.utf8), schema: "bundle-file") == [])
        _ = try RequestFile(document, path: "bundle.yaml")
        let schema = try #require(
            try FileSystem.text(JSONSchema.specification.appending("bundle-file.schema.json")))
        struct Ignored: Decodable {}
        struct Keys: Decodable { var properties: [String: Ignored] }
        let keys = try CanonicalJSON.decode(Keys.self, from: Data(schema.utf8)).properties.keys
        #expect(keys.allSatisfy { document.contains("\"\($0)\":") }, "\(keys.sorted())")
    }

    @Test func aFreshBundleAndItsLockKeepToTheirSchemas() async throws {
        let summary = try await make()
        let bundle = try BundleFile.open(FilePath(summary.file))
        #expect(try await faults(Data(bundle.indexBytes), schema: "bundle") == [])
        #expect(try await JSONSchema.faults(of: FilePath("\(summary.file).lock.json"), schema: "lock") == [])
    }

    @Test(arguments: UpstreamProof.Kind.allCases)
    func everyKindOfProofIsInTheSchemas(_ kind: UpstreamProof.Kind) async throws {
        let summary = try await make()
        var index = try BundleFile.open(FilePath(summary.file)).index
        index.release.cni = CNI(
            kind: .calico, version: SemanticVersion(3, 31, 7), manifests: ["/\(ArtifactCatalog.calicoManifest)"])
        index.release.addOns = [AddOn(name: "web", version: "local", manifests: ["/web.yaml"])]
        index.lock.charts = [
            LockedChart(
                name: "web", namespace: "shop", artifact: "chart-web",
                values: [LockedChart.Values(source: "file:values.yaml", sha256: index.releaseID)],
                settings: ["replicas": "2"], helm: "3.18.4", path: "web.yaml", size: 1, sha256: index.releaseID)
        ]
        index.lock.artifacts[0].kind = .manifest
        index.lock.artifacts[1].kind = .chart
        index.lock.artifacts[0].proof = UpstreamProof(
            kind: kind, source: "https://upstream.example/x",
            signer: kind == .signedChecksum ? String(repeating: "A7", count: 20) : nil)
        index.lock.tools.liblzma = "5.4.1"
        #expect(try await faults(CanonicalJSON.encode(index), schema: "bundle") == [])
        let lock = BundleLock(index: index, digest: index.releaseID, osReleases: ["debian-12"])
        #expect(try await faults(CanonicalJSON.encode(lock), schema: "lock") == [])
    }

    @Test func theSchemasRefuseWhatIsNotTheirs() async throws {
        for schema in try schemas() {
            #expect(try await faults(Data(#"{"schemaVersion":7,"surprise":1}"#.utf8), schema: schema) != [])
        }
    }

    @Test func theReadmeNamesEverySchema() throws {
        let text = try #require(try FileSystem.text(JSONSchema.specification.appending("README.md")))
        for schema in try schemas() { #expect(text.contains("`\(schema).schema.json`"), "\(schema)") }
    }

    private func schemas() throws -> [String] {
        let names = try FileSystem.list(JSONSchema.specification).filter { $0.hasSuffix(".schema.json") }
        #expect(names.count >= 5)
        return names.map { String($0.dropLast(".schema.json".count)) }
    }

    private func faults(_ document: Data, schema: String) async throws -> [String] {
        let path = scratch.path.appending("document.json")
        try AtomicFile.write(document, to: path)
        return try await JSONSchema.faults(of: path, schema: schema)
    }

    private func make() async throws -> MakeSummary {
        let folder = try await UpstreamFolder(scratch.path.appending("upstream")).path
        let plan = try Resolver(matrix: VersionMatrix.embedded()).resolve(
            BuildRequest(kubernetes: SemanticVersion(1, 20, 2)))
        let maker = BundleMaker(
            artifacts: FolderArtifacts(folder: folder, bases: try BuiltInSources.load().bases),
            images: FolderImages(folder: folder.appending("images")), progress: SilentProgress())
        let tools = Lock.Tools(
            bundler: BundlerVersion.current, nodeInstall: nil, libzstd: "1.5.4", libarchive: "3.6.2")
        return try await maker.make(
            plan,
            MakeOptions(
                output: scratch.path.appending("k8s.run"), head: nil, compression: Compression(level: 1, windowLog: 20),
                createdAt: 1_700_000_000, key: try SigningKey.generate(), tools: tools))
    }
}

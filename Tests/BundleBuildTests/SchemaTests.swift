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
        ("matrix.json", "matrix"), ("sources.json", "sources"), ("node-config.example.json", "node-config"),
    ])
    func filesOfTheSpecificationKeepToTheirSchemas(_ name: String, _ schema: String) async throws {
        #expect(try await JSONSchema.faults(of: JSONSchema.specification.appending(name), schema: schema) == [])
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
        index.lock.artifacts[0].kind = .manifest
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

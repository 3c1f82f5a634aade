import BundleModel
import FoundationEssentials
import Testing

/// Images as registries and layouts describe them.
struct OCITests {
    private static let digests = ["11", "22", "33"].map { "sha256:\(String(repeating: $0, count: 32))" }

    private func entry(_ type: String, _ number: Int = 0, _ more: String = "") -> String {
        #"{"mediaType":"\#(type)","digest":"\#(Self.digests[number])","size":7\#(more)}"#
    }

    @Test(arguments: [
        ("application/vnd.oci.image.index.v1+json", OCIMediaType.Kind.index),
        ("application/vnd.docker.distribution.manifest.list.v2+json", .index),
        ("application/vnd.oci.image.manifest.v1+json", .manifest),
        ("application/vnd.docker.distribution.manifest.v2+json", .manifest),
        ("application/vnd.oci.image.config.v1+json", .config),
        ("application/vnd.docker.container.image.v1+json", .config),
        ("application/vnd.oci.image.layer.v1.tar", .layer(.none)),
        ("application/vnd.oci.image.layer.v1.tar+gzip", .layer(.gzip)),
        ("application/vnd.oci.image.layer.v1.tar+zstd", .layer(.zstd)),
        ("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", .layer(.gzip)),
        ("application/vnd.docker.image.rootfs.diff.tar", .layer(.none)),
        ("application/vnd.docker.image.rootfs.diff.tar.gzip", .layer(.gzip)),
        ("application/vnd.docker.image.rootfs.diff.tar.zstd", .layer(.zstd)),
        ("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", .layer(.gzip)),
    ])
    func whatContentIsIsKnownByItsType(_ name: String, _ kind: OCIMediaType.Kind) {
        #expect(OCIMediaType(rawValue: name).kind == kind)
    }

    @Test(arguments: [
        "", "application/json", "application/vnd.oci.image.layer.v1.tar+xz",
        "application/vnd.oci.image.layer.v1.tarball",
        "application/vnd.in-toto+json",
    ])
    func whatIsNoPartOfAnImageIsNone(_ name: String) {
        #expect(OCIMediaType(rawValue: name).kind == nil)
    }

    @Test(arguments: OCIMediaType.LayerCompression.allCases)
    func aLayersOwnNameSaysItsCompression(_ compression: OCIMediaType.LayerCompression) {
        #expect(OCIMediaType.layer(compression).kind == .layer(compression))
    }

    @Test func anIndexGivesThePlatformsManifestAndNoAttestation() throws {
        let attestation = entry(
            OCIMediaType.manifest.rawValue, 0, #","platform":{"architecture":"unknown","os":"unknown"}"#)
        let bare = entry(OCIMediaType.manifest.rawValue, 1)
        let match = entry(
            OCIMediaType.manifest.rawValue, 2, #","platform":{"architecture":"arm64","os":"linux","variant":"v8"}"#)
        let json = #"{"schemaVersion":2,"manifests":[\#(attestation),\#(bare),\#(match)]}"#
        let document = try OCIDocument(Data(json.utf8), cameAs: .dockerIndex)
        guard case .index(let index) = document.content else {
            Issue.record("\(document) is no index")
            return
        }
        #expect(document.mediaType == .dockerIndex)
        #expect(index.manifest(for: OCIPlatform(.arm64))?.digest.description == Self.digests[2])
        #expect(index.manifest(for: OCIPlatform(.amd64)) == nil)
    }

    @Test func aManifestsOwnTypeCountsAndRepeatedLayersAreOneContent() throws {
        let layer = entry(OCIMediaType.layer(.gzip).rawValue, 1)
        let json = """
            {"schemaVersion":2,"mediaType":"\(OCIMediaType.dockerManifest.rawValue)",
             "config":\(entry(OCIMediaType.dockerConfig.rawValue)),"layers":[\(layer),\(layer)]}
            """
        let document = try OCIDocument(Data(json.utf8), cameAs: OCIMediaType(rawValue: "text/plain"))
        guard case .manifest(let manifest) = document.content else {
            Issue.record("\(document) is no manifest")
            return
        }
        #expect(document.mediaType == .dockerManifest)
        #expect(manifest.layers.count == 2)
        #expect(manifest.contents.map(\.digest.description) == Array(Self.digests[...1]))
    }

    @Test(arguments: [
        (#"{"schemaVersion":1,"name":"a/b","fsLayers":[]}"#, "schemaVersion: it is 1, expected 2"),
        (#"{"schemaVersion":2,"mediaType":"text/html"}"#, "mediaType: 'text/html' is neither an index nor a manifest"),
        (#"{"schemaVersion":2,"layers":[]}"#, "the file lacks 'config'"),
        (#"{"manifests":[]}"#, "the file lacks 'schemaVersion'"),
        ("<html>", "the file is not JSON"),
    ])
    func whatIsNeitherIndexNorManifestIsRefusedWithItsReason(_ text: String, _ reason: String) throws {
        let error = try #require(throws: DecodingError.self) {
            try OCIDocument(Data(text.utf8), cameAs: .manifest)
        }
        #expect(CanonicalJSON.explanation(of: error).hasPrefix(reason))
    }

    @Test func aConfigurationNamesThePlainLayers() throws {
        let json = """
            {"created":"1970-01-01T00:00:00Z","architecture":"arm64","os":"linux","variant":"v8","config":{"Cmd":["x"]},
             "rootfs":{"type":"layers","diff_ids":["\(Self.digests[1])","\(Self.digests[2])"]}}
            """
        let config = try CanonicalJSON.decode(OCIImageConfig.self, from: Data(json.utf8))
        #expect(config.platform.serves(OCIPlatform(.arm64)) && !config.platform.serves(OCIPlatform(.amd64)))
        #expect(config.rootfs.diffIDs.map(\.description) == Array(Self.digests[1...]))
        #expect(try CanonicalJSON.decode(OCIImageConfig.self, from: CanonicalJSON.encode(config)) == config)
    }

    /// One for later processors would not start on the others.
    @Test(
        arguments: [
            (["v3", nil, "v2"], 1), (["v3", "v2"], 1), (["v2", "v1"], 1), (["v3"], 0), ([nil, nil], 0),
        ] as [([String?], Int)])
    func ofSeveralVariantsTheOneForMostProcessorsIsTaken(_ variants: [String?], _ expected: Int) throws {
        let manifests = try variants.enumerated().map { number, variant in
            OCIDescriptor(
                mediaType: .manifest, digest: try SHA256Digest(Self.digests[number]), size: 1,
                platform: OCIPlatform(os: "linux", architecture: "amd64", variant: variant))
        }
        let chosen = OCIIndex(manifests: manifests).manifest(for: OCIPlatform(.amd64))
        #expect(chosen == manifests[expected])
    }
}

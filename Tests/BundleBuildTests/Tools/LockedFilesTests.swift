import Archive
import BundleModel
import Signing
import Testing

@testable import BundleBuild

/// Of each kind of thing in the lock what can be said of it by the members of packs.
struct LockedFilesTests {
    private func digest(_ text: String) -> SHA256Digest { SHA256Hasher.hash(Array(text.utf8)) }

    private func artifact(_ name: String, _ kind: Artifact.Kind) -> Artifact {
        Artifact(
            name: name, kind: kind, version: "1.2.3", source: "https://a.example", license: "Apache-2.0", size: 1,
            sha256: digest(name), proof: UpstreamProof(kind: .publishedChecksum, source: "https://a.example"))
    }

    private func lock(_ artifacts: [Artifact], charts: [LockedChart]? = nil) -> Lock {
        Lock(
            tools: SampleLock.tools, compression: SampleLock.compression, artifacts: artifacts, images: [],
            charts: charts)
    }

    /// - Parameter files: content by path.
    private func pack(
        _ files: [String: String], of content: Pack.Content = .files, omitted: [String: String] = [:]
    ) -> Pack {
        func members(_ files: [String: String]) -> [Pack.Member] {
            files.map { Pack.Member(path: $0, mode: 0o755, size: UInt64($1.utf8.count), sha256: digest($1)) }
        }
        var pack = SampleLock.pack("node", holding: "node")
        pack.content = content
        pack.members = members(files)
        if !omitted.isEmpty { pack.omitted = members(omitted) }
        return pack
    }

    private static let everything = [
        "usr/local/bin/kubelet": "kubelet", "usr/local/bin/containerd": "any", "usr/local/bin/ctr": "any",
        "usr/local/bin/containerd-shim-runc-v2": "any", "opt/cni/bin/bridge": "any",
        "usr/local/share/kubeferry/manifests/calico.yaml": "calico",
        "usr/local/share/kubeferry/manifests/local/db.yaml": "manifest-db", "usr/local/share/app.yaml": "rendered",
    ]

    private var whole: Lock {
        let chart = LockedChart(
            name: "app", namespace: "app", artifact: "chart-app", values: [], settings: [:], helm: "3.14.4",
            path: "usr/local/share/app.yaml", size: 1, sha256: digest("rendered"))
        return lock(
            [
                artifact("kubelet", .binary), artifact("containerd", .archive), artifact("cni-plugins", .archive),
                artifact("calico", .manifest), artifact("manifest-db", .manifest), artifact("chart-app", .chart),
                artifact("socat", .deb),
            ], charts: [chart])
    }

    @Test func aPackHasEveryKindOfThingInItsPlace() throws {
        #expect(try LockedFiles([pack(Self.everything)]).missing(of: whole) == [])
    }

    @Test func whatADeltaLeavesOutCountsAsThere() throws {
        var travels = Self.everything
        var omitted: [String: String] = [:]
        for path in ["usr/local/bin/kubelet", "usr/local/bin/ctr", "usr/local/share/app.yaml"] {
            omitted[path] = travels.removeValue(forKey: path)
        }
        #expect(omitted.count == 3)
        #expect(try LockedFiles([pack(travels, omitted: omitted)]).missing(of: whole) == [])
    }

    @Test(arguments: [
        ("usr/local/bin/kubelet", "kubelet 1.2.3"), ("usr/local/bin/ctr", "usr/local/bin/ctr of containerd 1.2.3"),
        ("opt/cni/bin/bridge", "any program of cni-plugins 1.2.3 in opt/cni/bin"),
        ("usr/local/share/kubeferry/manifests/calico.yaml", "calico 1.2.3"),
        ("usr/local/share/kubeferry/manifests/local/db.yaml", "manifest-db 1.2.3"),
        ("usr/local/share/app.yaml", "usr/local/share/app.yaml of chart app"),
    ])
    func whatNoPackHasIsNamed(_ path: String, _ name: String) throws {
        var files = Self.everything
        files[path] = nil
        #expect(try LockedFiles([pack(files)]).missing(of: whole) == [name])
        // Packs of packages are not at their place on nodes.
        let other = pack(Self.everything, of: .packages)
        #expect(try LockedFiles([pack(files), other]).missing(of: whole) == [name])
    }

    @Test(arguments: [
        ("usr/local/bin/kubelet", "kubelet"), ("usr/local/share/kubeferry/manifests/calico.yaml", "calico"),
        ("usr/local/share/app.yaml", "rendered"),
    ])
    func anotherContentInAPlaceIsFound(_ path: String, _ content: String) throws {
        var files = Self.everything
        files[path] = "another"
        // That it lies elsewhere makes it no better.
        files["usr/local/bin/elsewhere"] = content
        #expect(
            throws: ArchiveError.wrongDigest(path, expected: digest(content), actual: digest("another"))
        ) { try LockedFiles([pack(files)]).missing(of: whole) }
    }

    @Test func aProgramThatThisBundlerWouldPutElsewhereIsThere() throws {
        let files = LockedFiles([pack(["opt/bin/kubelet": "kubelet", "opt/bin/new": "new-tool"])])
        #expect(try files.missing(of: lock([artifact("kubelet", .binary), artifact("new-tool", .binary)])) == [])
    }
}

import BundleBuild
import BundleModel
import Fetch
import FoundationEssentials
import Testing

struct OutdatedTests {
    private let matrix: VersionMatrix
    private let sample: SampleLock

    init() throws {
        matrix = try VersionMatrix.embedded()
        let plan = try Resolver(matrix: matrix).resolve(BuildRequest(kubernetes: SemanticVersion(1, 20, 2)))
        sample = try SampleLock(plan, osReleases: ["debian-12"])
    }

    private func lock(_ change: (inout BundleIndex) -> Void = { _ in }) -> BundleLock {
        var sample = sample
        change(&sample.index)
        return sample.lock(osReleases: ["debian-12"])
    }

    private func version(_ component: String, _ report: OutdatedReport) throws -> OutdatedReport.Version {
        try #require(report.versions.first { $0.component == component })
    }

    @Test func theNewestPatchOfTheSameLineIsNamed() throws {
        let report = OutdatedReport(lock(), matrix: matrix)
        let locked = sample.index.release.containerd
        let newest = try #require(matrix.containerdVersions.filter { $0.minorName == locked.minorName }.max())
        let containerd = try version("containerd", report)
        #expect(containerd.locked == locked.description && containerd.newest == newest.description)
        #expect(newest > locked && containerd.state == .moved)
        // The line's last patch is what the lock has.
        #expect(try version("Kubernetes", report).state == .same)
        #expect(report.isOutdated)
        #expect(report.images == [] && report.packages == [])
    }

    @Test func theNewestOfEveryLineIsNotOutdated() throws {
        let matrix = matrix
        func newest(_ version: SemanticVersion, _ known: [SemanticVersion]) -> SemanticVersion {
            known.filter { $0.minorName == version.minorName }.max() ?? version
        }
        let lock = lock { index in
            index.release.kubernetes = newest(index.release.kubernetes, matrix.kubernetesVersions)
            index.release.containerd = newest(index.release.containerd, matrix.containerdVersions)
            index.release.runc = newest(index.release.runc, matrix.runc)
            index.release.cniPlugins = newest(index.release.cniPlugins, matrix.cniPlugins)
            index.release.crictl = newest(index.release.crictl, matrix.crictl)
        }
        let report = OutdatedReport(lock, matrix: matrix)
        #expect(!report.isOutdated, "\(report.versions)")
        #expect(report.versions.map(\.component) == ["Kubernetes", "containerd", "runc", "CNI plugins", "crictl"])
    }

    @Test func aLineThatTheMatrixDoesNotKnowIsUnknown() throws {
        let report = OutdatedReport(lock { $0.release.runc = SemanticVersion(99, 1, 0) }, matrix: matrix)
        let runc = try version("runc", report)
        #expect(runc.newest == nil && runc.state == .unknown)
    }

    @Test func calicoIsLookedUpWhereItIsTheNetwork() throws {
        let line = try #require(matrix.calico.first { $0.releases.count > 1 })
        let versions = line.releases.map(\.version).sorted()
        let report = OutdatedReport(
            lock { $0.release.cni = CNI(kind: .calico, version: versions[0]) }, matrix: matrix)
        let calico = try version("calico", report)
        #expect(calico.newest == versions.last?.description && calico.state == .moved)
    }

    @Test func addOnsAreLookedUpByTheirLines() throws {
        // Two versions of one line, and the operator's own, which no matrix knows.
        let etcdctl = try #require(matrix.addOns.addOns.first { $0.name == "etcdctl" }).versions.map(\.version)
        let line = etcdctl.filter { $0.hasPrefix("3.5.") }
        let (oldest, newest) = (try #require(line.first), try #require(line.last))
        try #require(oldest != newest)
        let report = OutdatedReport(
            lock {
                $0.release.addOns = [
                    AddOn(name: "etcdctl", version: oldest, manifests: []),
                    AddOn(name: "mine", version: AddOn.localVersion, manifests: []),
                    AddOn(name: "helm", version: "99.1.0", manifests: []),
                ]
            }, matrix: matrix)
        let found = try version("etcdctl", report)
        #expect(found.locked == oldest && found.newest == newest && found.state == .moved)
        #expect(try version("helm", report).state == .unknown)
        #expect(!report.versions.contains { $0.component == "mine" })
    }

    /// A later bundler made the lock.
    @Test func aVersionThatTheMatrixDoesNotKnowHasNotMoved() throws {
        let known = try #require(matrix.addOns.addOns.first { $0.name == "etcdctl" }).versions.map(\.version)
        let newest = try #require(known.last { $0.hasPrefix("3.5.") })
        let report = OutdatedReport(
            lock { $0.release.addOns = [AddOn(name: "etcdctl", version: "3.5.999", manifests: [])] }, matrix: matrix)
        let found = try version("etcdctl", report)
        #expect(found.newest == newest && found.state == .unknown)
    }

    @Test func whatAFileAsksForNowIsOutdated() throws {
        let report = OutdatedReport(lock(), matrix: matrix, request: ["runc is 2.0.0, locked was 1.0.0"])
        #expect(report.isOutdated && report.request.count == 1)
    }

    @Test func tagsThatNameSomethingElseHaveMoved() async throws {
        let pinned = SampleLock.digest("pinned")
        let name = try ImageReference("registry.example/app:1@\(pinned)")
        let place = try #require(sample.index.lock.images.firstIndex { $0.reference.repository == "kube-apiserver" })
        let lock = lock { $0.lock.images[place].reference = name }
        let provider = AnsweringImages { reference in
            switch reference.repository {
            case "pause": return SampleLock.digest("another")
            case "etcd": throw FetchError.notFound(url: "https://r.example/etcd")
            case "coredns": return nil
            case "app": throw FetchError.badSource("nobody is to be asked")
            default: return SampleLock.digest(reference.description)
            }
        }
        let tags = try await LockedSources.tags(lock, images: provider)
        let report = OutdatedReport(lock, matrix: matrix, tags: tags)
        #expect(report.images.map(\.reference) == lock.lock.images.map(\.reference))
        let states = Dictionary(
            report.images.map { ($0.reference.repository, $0) }, uniquingKeysWith: { first, _ in first })
        #expect(states["app"]?.state == .pinned)
        #expect(states["pause"]?.state == .moved && states["pause"]?.now == SampleLock.digest("another"))
        #expect(states["etcd"]?.state == .unknown && states["etcd"]?.reason?.contains("404") == true)
        #expect(states["coredns"]?.state == .unknown && states["coredns"]?.now == nil)
        #expect(states["kube-proxy"]?.state == .same)
        #expect(report.isOutdated)
    }

    @Test func offlineNothingIsAskedAndTheReasonIsSaid() {
        let tags = LockedSources.tags(unknownFor: lock(), reason: "--offline")
        let report = OutdatedReport(lock(), matrix: matrix, tags: tags)
        #expect(report.images.count == lock().lock.images.count)
        #expect(report.images.allSatisfy { $0.state == .unknown && $0.reason == "--offline" })
    }

    @Test(
        arguments: [
            (.known(["socat": "1.7.4.4-2"]), .same), (.known(["socat": "1.8.0"]), .moved), (.known([:]), .moved),
            (.unknown(reason: "no archive"), .unknown),
        ] as [(CurrentState<[String: String]>, OutdatedReport.State)])
    func packagesAreHeldAgainstTheirArchive(
        _ archive: CurrentState<[String: String]>, _ state: OutdatedReport.State
    ) {
        let report = OutdatedReport(lock(), matrix: matrix, archives: ["debian-12": archive])
        #expect(report.packages.map(\.name) == ["socat"])
        #expect(report.packages.first?.state == state)
        #expect(report.packages.first?.osRelease == "debian-12")
    }

    @Test func theReportIsVersionedJSON() throws {
        let report = OutdatedReport(lock(), matrix: matrix)
        let bytes = try CanonicalJSON.encode(report)
        #expect(try CanonicalJSON.decode(OutdatedReport.self, from: bytes) == report)
        #expect(String(decoding: bytes, as: UTF8.self).contains("\"schemaVersion\" : 1"))
    }
}

/// Answers what a tag names, and gives no image.
private struct AnsweringImages: ImageProvider {
    let answer: @Sendable (ImageReference) throws -> SHA256Digest?

    func location(of reference: ImageReference, architecture: CPUArchitecture) -> String { "nowhere" }

    func size(of reference: ImageReference, architecture: CPUArchitecture) async throws -> UInt64? { nil }

    func digest(of reference: ImageReference, architecture: CPUArchitecture) async throws -> SHA256Digest? {
        try answer(reference)
    }

    func obtain(
        _ reference: ImageReference, pinned: SHA256Digest?, architecture: CPUArchitecture, progress: any ProgressSink
    ) async throws -> ObtainedImage {
        throw FetchError.badSource("no image is to be fetched")
    }
}

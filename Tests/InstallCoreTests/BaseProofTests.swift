import BundleModel
import Host
import Signing
import SystemPackage
import Testing

@testable import InstallCore

/// What a node has to have for a delta: files and packages.
struct BaseProofTests {
    private static let kubelet = "/usr/local/bin/kubelet"
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func target(_ pack: Pack, _ runner: any ProcessRunner = NoPrograms(), isDelta: Bool = true) throws
        -> InstallTarget
    {
        var index = try Fixture.index()
        if isDelta { index.base = Base(index, digest: try #require(Fixture.digest)) }
        index.packs = [pack]
        let plain = try Fixture.target(scratch, runner: runner)
        return InstallTarget(
            context: plain.context, content: EmptyBundle(index: index), options: plain.options, node: plain.node,
            services: plain.services)
    }

    private func pack(
        _ content: Pack.Content, members: [Pack.Member] = [], omitted: [Pack.Member]?
    ) throws -> Pack {
        let digest = try #require(Fixture.digest)
        return Pack(
            name: "pack", content: content, selector: .init(), compression: Compression(), size: 1,
            uncompressedSize: 1, chunkSize: 1, chunks: [digest], digest: digest, members: members, omitted: omitted)
    }

    private func program(_ text: String, mode: UInt32 = 0o755) -> Pack.Member {
        Pack.Member(
            path: "usr/local/bin/kubelet", mode: mode, size: UInt64(text.utf8.count),
            sha256: SHA256Hasher.hash(text.utf8))
    }

    @Test func aFileThatIsTheBasesIsProvenByItsContentAndMode() async throws {
        let proof = BaseProof(target: try target(pack(.files, omitted: [program("one")])))
        func cause() async throws -> String? {
            let finding = try await proof.finding()
            #expect(finding.map(\.category) != .preflightFailed)
            return finding?.cause
        }
        #expect(try await cause()?.hasSuffix(": /usr/local/bin/kubelet is missing") == true)
        try scratch.write("one", to: Self.kubelet, mode: 0o755)
        #expect(try await cause() == nil)
        try scratch.write("two", to: Self.kubelet, mode: 0o755)
        #expect(try await cause()?.hasSuffix("kubelet has another content") == true)
        try scratch.write("one", to: Self.kubelet, mode: 0o644)
        #expect(try await cause()?.hasSuffix("kubelet has another size or mode") == true)
        try FileSystem.remove(scratch.root.resolve(Self.kubelet))
        try FileSystem.makeDirectories(scratch.root.resolve(Self.kubelet))
        #expect(try await cause() != nil)
    }

    @Test func theFindingNamesTheBaseAndHasAnExitCodeOfItsOwn() async throws {
        let members = (0..<8).map { number in
            var member = program("one")
            member.path += "-\(number)"
            return member
        }
        let finding = try await BaseProof(target: try target(pack(.files, omitted: members))).finding()
        let found = try #require(finding)
        #expect(found.severity == .error && found.id == "base")
        #expect(found.cause.contains("kubelet-4 is missing; and 3 more"))
        let digest = try #require(Fixture.digest)
        #expect(found.fix.contains("Kubernetes 1.28.0, sequence 5 of 'kubernetes'"))
        #expect(found.fix.contains("index \(digest)") && found.fix.contains("or take the whole bundle"))
        let error = InstallError.preflight([found])
        #expect(error.category == .baseMissing && error.category.exitCode == 45)
        #expect(error.message.contains("nothing was changed"))
    }

    @Test func ofAWholeBundleNothingIsAsked() async throws {
        let target = try target(pack(.files, members: [program("one")], omitted: nil), isDelta: false)
        #expect(try await BaseProof(target: target).finding() == nil)
    }

    @Test func thePlanSaysWhatIsKeptAndTheStepLooksAtItAgain() async throws {
        let target = try target(pack(.files, omitted: [program("one")]))
        let plan = try await BinariesStep().plan(target)
        #expect(plan.contains("keep /usr/local/bin/kubelet, which is the base's"))
        #expect(!plan.contains { $0.hasPrefix("write") })
        try scratch.write("program", to: NodePaths.executable, mode: 0o755)
        try scratch.write("one", to: Self.kubelet, mode: 0o755)
        #expect(try await BinariesStep().verify(target) == nil)
        try scratch.write("two", to: Self.kubelet, mode: 0o755)
        #expect(try await BinariesStep().verify(target) == "/usr/local/bin/kubelet has another content")
        // A rerun mends the program itself, too.
        try scratch.write("one", to: Self.kubelet, mode: 0o755)
        try scratch.write("damaged", to: NodePaths.executable, mode: 0o755)
        #expect(try await BinariesStep().verify(target) == "\(NodePaths.executable) has another content")
    }

    @Test func aPackageIsProvenWhereThereIsSomethingToInstall() async throws {
        let runner = try DpkgBelow(scratch)
        func deb(_ path: String) -> Pack.Member {
            Pack.Member(path: path, mode: 0o644, size: 1, sha256: Fixture.digest)
        }
        let list = deb("packages.json")
        // Needed by tools that are all there: nobody asks for it.
        let common = try target(
            pack(.packages, members: [list], omitted: [deb("kf-common_1.0_amd64.deb")]), runner)
        #expect(try await BaseProof(target: common).finding() == nil)

        let extra = deb("extra/kf-extra_1.0_amd64.deb")
        let delta = try target(
            pack(.packages, members: [list], omitted: [deb("kf-common_1.0_amd64.deb"), extra]), runner)
        let cause = try await BaseProof(target: delta).finding()?.cause
        #expect(
            cause?.hasSuffix("package kf-common is not-installed; package kf-extra is not-installed") == true)
        let file = try await DpkgBelow.package("kf-extra", scratch)
        try await runner.require(Command("dpkg", ["--install", file]))
        #expect(try await BaseProof(target: delta).finding() == nil)

        // One that the delta brings: what it may need of the base has to be there.
        let more = try target(
            pack(
                .packages, members: [deb("extra/kf-more_1.0_amd64.deb"), list],
                omitted: [deb("kf-common_1.0_amd64.deb"), extra]), runner)
        #expect(try await BaseProof(target: more).finding()?.cause.hasSuffix("kf-common is not-installed") == true)
    }

    @Test func layersAreNotBelievedAfterTheMachineWentDownWhileTheyWereLoaded() async throws {
        let digest = try #require(Fixture.digest)
        let layer = Pack.Member(path: ImageMember.layer(digest).path, mode: 0o644, size: 1, sha256: digest)
        let target = try target(pack(.images, omitted: [layer]))
        var before = target.node
        before.bootID = "boot-0"
        let journal = try await Journal(scratch.root, clock: FixedWallClock(secondsSince1970: 0))
        try journal.append(.runStarted(run: before))
        try journal.append(.stepStarted(step: ImagesStep().name))
        let cause = try await BaseProof(target: target).finding()?.cause
        #expect(cause?.contains("the machine went down while images were loaded") == true)
        // Of the same boot they would be asked for: this bundle has no documents to know them by.
        try journal.append(.runStarted(run: target.node))
        try journal.append(.stepDone(step: ImagesStep().name))
        await #expect(throws: EmptyBundle.NoPack.self) { try await BaseProof(target: target).finding() }
    }
}

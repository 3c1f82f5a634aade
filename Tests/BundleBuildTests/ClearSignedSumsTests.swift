import BundleBuild
import BundleModel
import Fetch
import FoundationEssentials
import Host
import Signing
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

/// Checksum files signed by real gpg, checked by real gpgv.
@Suite(.enabled(if: OpenPGPSigner.isAvailable, "SKIPPED: needs gpg and gpgv"))
struct ClearSignedSumsTests {
    private let scratch: ScratchFolder
    private let signer: OpenPGPSigner
    private let sums = "\(String(repeating: "a", count: 64))  runc.amd64\n- a line with a dash\n"

    init() async throws {
        scratch = try ScratchFolder()
        signer = try await OpenPGPSigner(scratch.path.appending("signer"))
    }

    private func reason(_ message: String, _ keyring: FilePath) async -> String? {
        let error = await #expect(throws: BundleBuildError.self) {
            try await ChecksumKeyring(keyring).verify(message, source: "https://a.example/sums")
        }
        #expect(error?.category == .upstreamMismatch)
        #expect(error?.message.contains("https://a.example/sums") == true)
        return error?.message
    }

    @Test(arguments: [true, false])
    func theSignedTextAloneIsUsed(_ isArmoured: Bool) async throws {
        let message = try await signer.clearSign(sums)
        let keyring = ChecksumKeyring(try await signer.export(isArmoured: isArmoured))
        let fingerprint = try await signer.fingerprint()
        let evil = "\(String(repeating: "e", count: 64))  runc.amd64\n"
        for text in [message, evil + message, message + evil] {
            let checked = try await keyring.verify(text, source: "s")
            #expect(checked.text == sums)
            #expect(checked.signer == fingerprint)
        }
    }

    @Test func aKeyringMayHaveSeveralArmouredBlocksAndWordsBetween() async throws {
        let other = try await OpenPGPSigner(scratch.path.appending("other"))
        var text = "pub  ed25519\n"
        for signer in [other, signer] {
            text += try FileSystem.text(await signer.export(isArmoured: true)) ?? ""
            text += "and\r\n"
        }
        let path = scratch.file("both.asc")
        try AtomicFile.write(Array(text.utf8), to: path)
        let fingerprint = try await signer.fingerprint()
        let message = try await signer.clearSign(sums)
        #expect(try await ChecksumKeyring(path).verify(message, source: "s").signer == fingerprint)
    }

    @Test func whatDoesNotHoldIsRefused() async throws {
        let keys = try await signer.export(isArmoured: false)
        let message = try await signer.clearSign(sums)
        let changed = message.replacing("aaaa  runc", with: "aaab  runc")
        #expect(changed != message)
        #expect(await reason(changed, keys)?.contains("BAD signature") == true)
        #expect(await reason(message + message, keys) != nil)
        #expect(await reason(sums, keys)?.contains("not clear-signed") == true)
        let other = try await OpenPGPSigner(scratch.path.appending("other")).export(isArmoured: true)
        #expect(await reason(message, other)?.contains("No public key") == true)
    }

    @Test func aKeyThatHasExpiredIsRefused() async throws {
        let old = try await OpenPGPSigner(scratch.path.appending("old"), time: "20200101T000000")
        let message = try await old.clearSign(sums)
        let keys = try await old.export(isArmoured: false)
        #expect(await reason(message, keys)?.contains("has expired") == true)
    }

    @Test(arguments: [
        "", "no keys\n", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n!!!\n-----END PGP PUBLIC KEY BLOCK-----\n",
    ])
    func aFileWithoutKeysIsNamed(_ text: String) async throws {
        let path = scratch.file("keys.asc")
        try AtomicFile.write(Array(text.utf8), to: path)
        let message = try await signer.clearSign(sums)
        let error = await #expect(throws: BundleBuildError.self) {
            try await ChecksumKeyring(path).verify(message, source: "s")
        }
        #expect(error != nil)
    }

    @Test func theLockHasTheSignerAndAnUnsignedFileIsRefused() async throws {
        let plan = try Resolver(matrix: VersionMatrix.embedded()).resolve(
            BuildRequest(kubernetes: SemanticVersion(1, 20, 2)))
        let runc = try #require(plan.artifact(named: "runc"))
        let kubelet = try #require(plan.artifact(named: "kubelet"))
        let content = Array("program".utf8)
        let line = "\(SHA256Hasher.hash(content).hex)  \(runc.fileName)\n"
        let signed = try await signer.clearSign(line)
        let fingerprint = try await signer.fingerprint()
        let keyring = ChecksumKeyring(try await signer.export(isArmoured: true))
        let folder = scratch.path.appending("cache")
        let server = try await FaultServer { path, _, _ in
            if path.hasSuffix("runc.sha256sum") { return .init(body: Array(signed.utf8)) }
            if path.hasSuffix(".sha256") { return .init(body: Array(SHA256Hasher.hash(content).hex.utf8)) }
            return .init(body: content)
        }
        let transport = HTTPTransport()
        var sources = try BuiltInSources.load()
        try sources.override(files: sources.files.keys.map { "\($0)=\(server.url)" })
        let artifacts = UpstreamArtifacts(
            sources: sources, cache: ArtifactCache(folder: folder, transport: transport),
            keyrings: ["runc": keyring, "kubernetes": keyring])
        let obtained: ObtainedArtifact
        do {
            obtained = try await artifacts.obtain(runc, pinned: nil, progress: SilentProgress())
        } catch {
            try await transport.shutdown()
            throw error
        }
        #expect(obtained.proof.kind == .signedChecksum && obtained.proof.signer == fingerprint)
        #expect(obtained.sha256 == SHA256Hasher.hash(content))
        // A keyring says that this upstream signs: a checksum without a signature is then nobody's word.
        await #expect(throws: BundleBuildError.self) {
            try await artifacts.obtain(kubelet, pinned: nil, progress: SilentProgress())
        }
        try await transport.shutdown()
        try await server.stop()
    }
}

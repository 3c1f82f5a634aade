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
@Suite(.enabled(if: ArchiveKey.toolsArePresent, "SKIPPED: needs gpg and gpgv"))
struct ClearSignedSumsTests {
    private let scratch: ScratchFolder
    private let key: ArchiveKey
    private let sums = "\(String(repeating: "a", count: 64))  runc.amd64\n- a line with a dash\n"

    init() async throws {
        scratch = try ScratchFolder()
        key = try await ArchiveKey(scratch.path.appending("key"))
    }

    private func clearSigned(_ text: String, by key: ArchiveKey) async throws -> [UInt8] {
        let (plain, signed) = (scratch.file("plain"), scratch.file("signed"))
        try AtomicFile.write(Array(text.utf8), to: plain)
        try await key.clearSign(plain, to: signed)
        return try FileSystem.read(signed)
    }

    private func refusal(_ message: [UInt8], _ keyring: FilePath) async -> String? {
        let error = await #expect(throws: BundleBuildError.self) {
            try await ChecksumKeyring(keyring).verify(message, source: "https://a.example/sums")
        }
        #expect(error?.category == .upstreamMismatch)
        #expect(error?.message.contains("https://a.example/sums") == true)
        #expect(error?.hint.contains("--checksum-keyring") == true)
        return error?.message
    }

    @Test func aSignedTextIsReadWithEitherFormOfAKeyring() async throws {
        let message = try await clearSigned(sums, by: key)
        for keyring in [key.keyring, key.armored] {
            let checked = try await ChecksumKeyring(keyring).verify(message, source: "s")
            #expect(checked.text == sums)
            #expect(checked.signer == key.fingerprint)
        }
    }

    @Test func aKeyringMayHaveSeveralArmouredBlocks() async throws {
        let other = try await ArchiveKey(scratch.path.appending("other"), name: "other")
        let path = scratch.file("both.asc")
        let text = try [other, key].map { try FileSystem.text($0.armored) ?? "" }.joined(separator: "and\r\n")
        try AtomicFile.write(Array(text.utf8), to: path)
        let message = try await clearSigned(sums, by: key)
        #expect(try await ChecksumKeyring(path).verify(message, source: "s").signer == key.fingerprint)
    }

    @Test func whatDoesNotHoldIsRefused() async throws {
        let message = try await clearSigned(sums, by: key)
        let text = String(decoding: message, as: UTF8.self)
        let changed = text.replacing("aaaa  runc", with: "aaab  runc")
        #expect(changed != text)
        #expect(await refusal(Array(changed.utf8), key.keyring)?.contains("changed after it was signed") == true)
        let evil = Array("\(String(repeating: "e", count: 64))  runc.amd64\n".utf8)
        for more in [message + message, evil + message, message + evil, Array(sums.utf8)] {
            #expect(await refusal(more, key.keyring)?.contains("not signed") == true)
        }
        let other = try await ArchiveKey(scratch.path.appending("other"), name: "other")
        #expect(await refusal(message, other.armored)?.contains("not in the keyring") == true)
    }

    @Test func aKeyringThatIsNoneIsAnError() async throws {
        let message = try await clearSigned(sums, by: key)
        let path = scratch.file("keys.asc")
        try AtomicFile.write(Array("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n!!!\n".utf8), to: path)
        let unreadable = await #expect(throws: BundleBuildError.self) {
            try await ChecksumKeyring(path).verify(message, source: "s")
        }
        #expect(unreadable?.message.contains(path.string) == true)
        let none = scratch.file("none")
        let missing = await #expect(throws: HostError.self) {
            try await ChecksumKeyring(none).verify(message, source: "s")
        }
        #expect(missing?.category == .invalidInput)
    }

    @Test func theLockHasTheSignerAndAnUnsignedFileIsRefused() async throws {
        let plan = try Resolver(matrix: VersionMatrix.embedded()).resolve(
            BuildRequest(kubernetes: SemanticVersion(1, 20, 2)))
        let runc = try #require(plan.artifact(named: "runc"))
        let kubelet = try #require(plan.artifact(named: "kubelet"))
        let content = Array("program".utf8)
        let signed = try await clearSigned("\(SHA256Hasher.hash(content).hex)  \(runc.fileName)\n", by: key)
        let keyring = ChecksumKeyring(key.armored)
        let folder = scratch.path.appending("cache")
        let server = try await FaultServer { path, _, _ in
            if path.hasSuffix("runc.sha256sum") { return .init(body: signed) }
            if path.hasSuffix(".sha256") { return .init(body: Array(SHA256Hasher.hash(content).hex.utf8)) }
            return .init(body: content)
        }
        let url = server.url
        var sources = try BuiltInSources.load()
        let texts = sources.files.keys.map { "\($0)=\(url)" }
        try sources.override(files: texts)
        let transport = HTTPTransport()
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
        #expect(obtained.proof.kind == .signedChecksum && obtained.proof.signer == key.fingerprint)
        #expect(obtained.sha256 == SHA256Hasher.hash(content))
        // A keyring says that this upstream signs: a checksum without a signature is then nobody's word.
        let error = await #expect(throws: FetchError.self) {
            try await artifacts.obtain(kubelet, pinned: nil, progress: SilentProgress())
        }
        #expect(error?.category == .upstreamMismatch && error?.message.contains("is not signed") == true)
        try await transport.shutdown()
        try await server.stop()
    }
}

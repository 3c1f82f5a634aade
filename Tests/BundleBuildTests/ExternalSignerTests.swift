import BundleBuild
import BundleModel
import Host
import Signing
import SystemPackage
import TestSupport
import Testing

/// With real openssl as the program that has the key.
struct ExternalSignerTests {
    private let scratch: ScratchFolder
    private let key: SigningKey
    private let file: FilePath

    init() throws {
        scratch = try ScratchFolder()
        key = try SigningKey.generate()
        try AtomicFile.write(try key.pem(passphrase: nil), to: scratch.file("key.pem"), mode: 0o600)
        file = scratch.file("bundle.json")
        try AtomicFile.write(Array("{}\n".utf8), to: file)
    }

    /// A script that gets the file as its argument.
    private func script(_ text: String) throws -> String {
        let path = scratch.file("sign.sh")
        try AtomicFile.write(Array("#!/bin/sh\n\(text)\n".utf8), to: path, mode: 0o755)
        return path.string
    }

    private func openssl(_ more: String = "") throws -> String {
        try script("openssl pkeyutl -sign -rawin -inkey \(scratch.file("key.pem")) -in \"$1\" \(more)")
    }

    private func signature(
        _ command: String, key other: VerifyingKey? = nil, timeout: Int = 600
    ) async throws -> BundleSignature {
        let signer = try ExternalSigner(command, key: other ?? key.verifyingKey, timeout: timeout)
        return try await BundleSigner.program(signer).signature(of: file)
    }

    @Test func rawBytesAndBase64AreTaken() async throws {
        let expected = try key.signature(over: Array("{}\n".utf8))
        #expect(try await signature(openssl()) == expected)
        #expect(try await signature(openssl("| base64")) == expected)
        #expect(try await signature(openssl("| base64 -w 0")) == expected)
    }

    @Test func aCommandHasArgumentsBeforeTheFile() async throws {
        let command = "openssl pkeyutl  -sign -rawin -inkey \(scratch.file("key.pem")) -in "
        #expect(try await signature(command) == key.signature(over: Array("{}\n".utf8)))
    }

    @Test func aSignatureByAnotherKeyIsRefused() async throws {
        let other = try SigningKey.generate().verifyingKey
        let command = try openssl()
        let error = await #expect(throws: SigningError.self) { try await signature(command, key: other) }
        #expect(error?.category == .signatureInvalid)
        #expect(error?.message.contains(other.keyID) == true)
    }

    @Test func aSignatureOfSomethingElseIsRefused() async throws {
        let command = try script(
            "printf x >\"$1.x\"; openssl pkeyutl -sign -rawin -inkey \(scratch.file("key.pem")) -in \"$1.x\"")
        let error = await #expect(throws: SigningError.self) { try await signature(command) }
        #expect(error?.category == .signatureInvalid)
    }

    @Test(arguments: ["true", "head -c 63 /dev/zero", "head -c 65 /dev/zero", "echo signed", "echo AAAA"])
    func whatIsNoSignatureIsRefused(_ text: String) async throws {
        let command = try script(text)
        let error = await #expect(throws: SigningError.self) { try await signature(command) }
        #expect(error?.category == .signatureInvalid)
        #expect(error?.message.contains("expected a signature of 64") == true)
        #expect(error?.hint.contains("--signer-key") == true)
    }

    @Test func aFailureHasTheStatusAndWhatTheProgramSaid() async throws {
        let command = try script("echo 'the token is locked' >&2; exit 3")
        let error = await #expect(throws: HostError.self) { try await signature(command) }
        #expect(error?.message.contains("status 3") == true)
        #expect(error?.message.contains("the token is locked") == true)
    }

    @Test func aProgramThatDoesNotEndIsEnded() async throws {
        let command = try script("sleep 3600")
        let error = await #expect(throws: HostError.self) { try await signature(command, timeout: 1) }
        #expect(error?.message.contains("did not end within 1 s") == true)
    }

    @Test func aProgramThatIsNotThereIsNamed() async throws {
        let command = scratch.file("none").string
        let error = await #expect(throws: HostError.self) { try await signature(command) }
        #expect(error?.message.contains(command) == true)
    }

    @Test func aCommandNeedsAWord() throws {
        let key = key.verifyingKey
        #expect(throws: BundleBuildError.self) { try ExternalSigner(" ", key: key) }
    }
}

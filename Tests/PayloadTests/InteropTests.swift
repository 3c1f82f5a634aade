import BundleModel
import FoundationEssentials
import Host
import Payload
import Signing
import SystemPackage
import Testing

/// Stock tools read what this project writes.
struct InteropTests {
    @Test func tailAndTarListTheBundle() async throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        let listed = try await shell("tail -c +4097 sample.run | tar -t", in: sample)
        let id = sample.key.verifyingKey.keyID
        #expect(
            listed.split(separator: "\n") == [
                "bundle.json", "signatures/\(id).sig", "signatures/\(id).pub", "packs/node.tar.zst",
                "packs/images.tar.zst",
            ])
    }

    @Test func zstdAndTarUnpackAPack() async throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        let text = try await shell(
            "tail -c +4097 sample.run | tar -xO packs/node.tar.zst | zstd -dc --long=27 | tar -xO usr/local/share/note",
            in: sample)
        #expect(text == "note\n")
    }

    @Test func opensslVerifiesTheIndex() async throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        let id = sample.key.verifyingKey.keyID
        let said = try await shell(
            """
            tail -c +4097 sample.run | tar -x bundle.json signatures && openssl pkeyutl -verify -pubin \
            -inkey signatures/\(id).pub -rawin -in bundle.json -sigfile signatures/\(id).sig
            """, in: sample)
        #expect(said.contains("Verified Successfully"))
    }

    @Test func sha256sumAndOpensslCheckTheSidecars() async throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        try BundleWriter.writeSidecars(for: sample.file, key: sample.key)
        try SampleBundle.write(sample.key.verifyingKey.pem, to: sample.folder.appending("k.pub"))
        let said = try await shell(
            """
            sha256sum -c sample.run.sha256 && openssl pkeyutl -verify -pubin -inkey k.pub -rawin \
            -in sample.run.sha256 -sigfile sample.run.sha256.sig
            """, in: sample)
        #expect(said.contains("OK") && said.contains("Verified Successfully"))
    }

    @Test func theSameInputsGiveTheSameBytesWhateverTheThreadsAndTheFolder() throws {
        let key = try SigningKey.generate()
        let one = try SampleBundle(threads: 1, key: key)
        let two = try SampleBundle(threads: 3, key: key)
        defer {
            one.remove()
            two.remove()
        }
        #expect(try one.bytes == two.bytes)
    }

    @Test func anAttachedSignatureCountsAndTheRestStays() async throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        let bundle = try BundleFile.open(sample.file)
        let second = try SigningKey.generate()
        let output = sample.folder.appending("two.run")
        let signature = BundleSignature(
            keyID: second.verifyingKey.keyID, signature: try second.sign(bundle.indexBytes),
            publicKey: second.verifyingKey)
        try BundleWriter.attach(signature, to: bundle, output: output)
        let signed = try BundleFile.open(output)
        #expect(signed.indexBytes == bundle.indexBytes && signed.signatures.count == 2)
        let policy = TrustPolicy(fingerprints: [second.verifyingKey.fingerprint])
        #expect(try policy.evaluate(signatures: signed.signatures, over: signed.indexBytes).key == second.verifyingKey)
        try signed.verifyHead()
        try await signed.verifyPacks(signed.index.packs, threads: 1)
    }

    private func shell(_ script: String, in sample: SampleBundle) async throws -> String {
        try await SystemProcessRunner().require(Command("sh", ["-c", "cd \(sample.folder) && \(script)"]))
            .standardOutput
    }
}

import BundleModel
import Fetch
import FoundationEssentials
import Host
import NIOCore
import NIOSSL
import Signing
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

/// HTTPS with certificates of our own making.
struct CertificateTests {
    private static let content = FetchBench.content(1000)

    @Test(arguments: ["nowhere.pem", ".", "words.pem", "empty.pem"])
    func aFileOfAuthoritiesThatHasNoneIsNamed(_ name: String) throws {
        let scratch = try ScratchFolder()
        try AtomicFile.write(Array("no certificate".utf8), to: scratch.file("words.pem"))
        try AtomicFile.write([], to: scratch.file("empty.pem"))
        let path = scratch.file(name).string
        let error = #expect(throws: FetchError.self) {
            try HTTPTransport.authorities(environment: ["SSL_CERT_FILE": path])
        }
        #expect(error?.category == .invalidInput && error?.message.contains("SSL_CERT_FILE is '\(path)'") == true)
        #expect(try HTTPTransport.authorities(environment: ["SSL_CERT_FILE": ""]) == nil)
    }

    @Test(
        arguments: [
            (["127.0.0.1"], true, true), (["10.99.99.99"], true, false), (["127.0.0.1"], false, false),
            ([], true, false),
        ] as [([String], Bool, Bool)])
    func aCertificateCountsForItsNamesAndOnlyWhereSomebodyVouchesForIt(
        names: [String], isTrusted: Bool, works: Bool
    ) async throws {
        let made = try SelfSignedCertificate.generate(commonName: "upstream", ipAddresses: names, validDays: 2)
        let file = FilePath("/tmp/kubeferry-authorities-\(UUID().uuidString).pem")
        try AtomicFile.write(made.certificatePEM, to: file)
        defer { try? FileSystem.remove(file) }
        let settings = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(made.certificatePEM).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: made.privateKeyPEM, format: .pem)))
        let context = try NIOSSLContext(configuration: settings)
        let server = try await FaultServer { _, _, _ in
            .init(body: Self.content)
        } prepare: { channel in
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
        }
        let url = server.url.replacing("http://", with: "https://") + "/file"
        try await FetchBench.with(HTTPTransport(authorities: isTrusted ? file : nil)) { (bench) async throws in
            let request = FetchRequest(
                name: "file", url: url,
                expectation: .sha256(
                    FetchBench.digest(Self.content), proof: .init(kind: .matrixChecksum, source: "matrix")))
            if works {
                #expect(try await bench.cache().fetch(request).size == 1000)
            } else {
                let error = await #expect(throws: FetchError.self) { try await bench.cache().fetch(request) }
                guard case .untrusted(url: url, reason: _)? = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                // Nothing was said to whoever it was.
                #expect(server.log.isEmpty)
            }
        }
        try await server.stop()
    }
}

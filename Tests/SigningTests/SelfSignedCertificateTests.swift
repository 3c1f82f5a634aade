import FoundationEssentials
import Host
import Signing
import SystemPackage
import Testing

/// What openssl says of a certificate that this project made.
struct SelfSignedCertificateTests {
    private let folder = FilePath("/tmp/kubeferry-certificate-\(UUID().uuidString)")

    @Test func opensslReadsItAndItsKeyFits() async throws {
        defer { clean() }
        try make(commonName: "kubeferry node", ipAddresses: ["10.77.0.10", "fd00::1"], validDays: 30)
        let text = try await openssl("x509 -noout -text -in cert.pem")
        for expected in [
            "Issuer: CN = kubeferry node", "Subject: CN = kubeferry node", "Version: 3 (0x2)", "ecdsa-with-SHA256",
            "ASN1 OID: prime256v1", "IP Address:10.77.0.10, IP Address:FD00:0:0:0:0:0:0:1", "CA:FALSE",
            "TLS Web Server Authentication, TLS Web Client Authentication",
        ] {
            #expect(text.contains(expected), "\(expected) in \(text)")
        }
        #expect(try await openssl("verify -CAfile cert.pem cert.pem").contains("cert.pem: OK"))
        let publicKey = try await openssl("pkey -pubout -in key.pem")
        #expect(try await openssl("x509 -noout -pubkey -in cert.pem") == publicKey)
    }

    @Test(arguments: [1, 30, 36_500])
    func itIsValidFromAnHourAgoForTheDaysGiven(days: Int) async throws {
        defer { clean() }
        try make(commonName: "a", ipAddresses: [], validDays: days)
        let left = days * 86_400
        #expect(try await openssl("x509 -noout -checkend \(left - 600) -in cert.pem").contains("will not expire"))
        let late = try await SystemProcessRunner().run(
            Command("openssl", ["x509", "-noout", "-checkend", "\(left + 600)", "-in", path("cert.pem")]))
        #expect(late.status == 1)
        // Accepted by a clock that is half an hour behind, not by one that is two hours behind.
        let now = Int(Date().timeIntervalSince1970)
        #expect(
            try await openssl("verify -attime \(now - 1800) -CAfile cert.pem cert.pem").contains("cert.pem: OK"))
        let early = try await SystemProcessRunner().run(
            Command(
                "openssl", ["verify", "-attime", "\(now - 7200)", "-CAfile", path("cert.pem"), path("cert.pem")]))
        #expect(early.status != 0)
    }

    @Test func eachHasASerialNumberAndAKeyOfItsOwn() async throws {
        defer { clean() }
        var seen: Set<String> = []
        for _ in 0..<4 {
            try make(commonName: "a", ipAddresses: [], validDays: 1)
            seen.insert(try await openssl("x509 -noout -serial -in cert.pem"))
            seen.insert(try await openssl("pkey -pubout -in key.pem"))
        }
        #expect(seen.count == 8)
    }

    /// A comma would start another name in the library's syntax.
    @Test(arguments: ["10.0.0.1,DNS:evil.example", "evil.example", "", "10.0.0.1\n"])
    func whatIsNoNumericAddressIsRefused(_ address: String) {
        #expect(throws: SigningError.badKey(expected: "a numeric address", found: "'\(address)'")) {
            try SelfSignedCertificate.generate(commonName: "a", ipAddresses: [address], validDays: 1)
        }
    }

    @Test(arguments: [Int.max, Int.min, 0, -1, Int(Int32.max) + 1])
    func daysThatAreNoNumberOfDaysAreRefused(_ days: Int) {
        #expect(throws: SigningError.badKey(expected: "a number of days", found: "\(days)")) {
            try SelfSignedCertificate.generate(commonName: "a", ipAddresses: [], validDays: days)
        }
    }

    private func make(commonName: String, ipAddresses: [String], validDays: Int) throws {
        try FileSystem.makeDirectories(folder)
        let made = try SelfSignedCertificate.generate(
            commonName: commonName, ipAddresses: ipAddresses, validDays: validDays)
        try AtomicFile.write(made.certificatePEM, to: folder.appending("cert.pem"))
        try AtomicFile.write(made.privateKeyPEM, to: folder.appending("key.pem"), mode: 0o600)
    }

    private func path(_ name: String) -> String { folder.appending(name).string }

    private func openssl(_ arguments: String) async throws -> String {
        try await SystemProcessRunner().require(Command("sh", ["-c", "cd \(folder) && openssl \(arguments)"]))
            .standardOutput
    }

    private func clean() { try? FileManager.default.removeItem(atPath: folder.string) }
}

import BundleModel
import Fetch
import Testing

struct ChecksumFileTests {
    static let a = String(repeating: "a", count: 64)
    static let b = String(repeating: "b", count: 64)
    static let clearSigned = """
        -----BEGIN PGP SIGNED MESSAGE-----
        Hash: SHA512

        \(b)  runc.arm64
        \(a) *runc.amd64
        -----BEGIN PGP SIGNATURE-----

        iQIzBAEBCgAdFiEE
        -----END PGP SIGNATURE-----
        """

    @Test(arguments: [
        a, "\(a)\n", "\(a)  runc.amd64\n", "\(a)  ./bin/runc.amd64", "\(b) other\r\n\(a) *runc.amd64\r\n", clearSigned,
        "\(a)  runc.amd64\n\(a) *runc.amd64",
    ])
    func digestIsFoundInEveryPublishedForm(text: String) throws {
        #expect(try ChecksumFile(text, source: "s").digest(of: "runc.amd64") == SHA256Digest(hex: Self.a))
    }

    @Test(arguments: [
        "", "<html>Not found</html>", "\(b)  other", "\(a) runc.amd64\n\(b) runc.amd64", "\(a)\n\(b)",
        "\(a)\n\(b)  other",
    ])
    func fileWithoutOneAnswerIsRefused(text: String) {
        let error = #expect(throws: FetchError.self) {
            try ChecksumFile(text, source: "https://a.example/sums").digest(of: "runc.amd64")
        }
        #expect(error?.category == .upstreamMismatch)
        #expect(error?.message.contains("https://a.example/sums") == true)
        #expect(error?.message.contains("runc.amd64") == true)
    }
}

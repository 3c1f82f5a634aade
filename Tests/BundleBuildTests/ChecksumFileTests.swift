import BundleBuild
import BundleModel
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

    @Test(arguments: [a, "\(a)\n", "\(a)  runc.amd64\n", "\(b) other\r\n\(a) *runc.amd64\r\n", clearSigned])
    func digestIsFoundInEveryPublishedForm(text: String) throws {
        #expect(try ChecksumFile.digest(of: "runc.amd64", in: text) == SHA256Digest(hex: Self.a))
    }

    @Test(arguments: ["", "<html>Not found</html>", "\(b)  other", "\(a) runc.amd64\n\(b) runc.amd64", "\(a)\n\(b)"])
    func fileWithoutOneAnswerIsRefused(text: String) {
        let error = #expect(throws: BundleBuildError.self) { try ChecksumFile.digest(of: "runc.amd64", in: text) }
        #expect(error?.category == .upstreamMismatch)
    }
}

import Fetch
import Signing
import Testing

#if canImport(Glibc)
    import Glibc
#endif

struct FetchErrorTests {
    private static let digest = SHA256Hasher.hash([1])
    private static let url = "https://upstream.example/x"

    private static let all: [FetchError] = [
        .unreachable(url: url, reason: "r"), .stalled(url: url, seconds: 1), .notFound(url: url),
        .refused(url: url, status: 429, retryAfter: 1), .refused(url: url, status: 401, retryAfter: nil),
        .loginDenied(image: "x", url: url, status: 403), .badLogin(registry: "x", reason: "r"),
        .badStatus(url: url, status: 500), .html(url: url), .insecure(url: url, from: url),
        .untrusted(url: url, reason: "r"), .notCached(name: "x", url: url),
        .wrongSize(url: url, expected: 1, actual: 2), .wrongDigest(url: url, expected: digest, actual: digest),
        .noChecksum(url: url, artifact: "x", reason: "r"), .badAnswer(url: url, reason: "r"),
        .noPlatform(image: "x", wanted: "linux/amd64", offered: []), .badSource("r"),
        .proxyRefused(url: "http://x", reason: "407"), .system("open", path: "/x", errno: ENOSPC),
        .system("open", path: "/x", errno: EACCES),
    ]

    @Test(arguments: all)
    func everyErrorSaysInOneLineWhatToDo(_ error: FetchError) {
        #expect(!error.hint.isEmpty && !error.hint.contains("\n"))
    }
}

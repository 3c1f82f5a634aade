public import BundleModel
import Host
import SystemPackage

/// What can go wrong between this machine and an upstream.
public enum FetchError: Error, Equatable {
    /// No connection, or it broke more often than retries allow.
    case unreachable(url: String, reason: String)
    /// Nothing came for this many seconds, or hardly anything.
    case stalled(url: String, seconds: Int)
    case notFound(url: String)
    /// 401, 403 or 429.
    case refused(url: String, status: Int, retryAfter: Int?)
    /// The proxy on the way to `url` does not let requests pass, or wants another login.
    case proxyRefused(url: String, reason: String)
    /// The server at `url` that gives out a registry's tokens gives none. `image`: registry and repository.
    case loginDenied(image: String, url: String, status: Int)
    /// A login for a registry could not be read, or the program that keeps it failed.
    case badLogin(registry: String, reason: String)
    case badStatus(url: String, status: Int, retryAfter: Int? = nil)
    /// A web page where a file was expected: a login portal or an error page.
    case html(url: String)
    /// A redirect or a login address that leads from HTTPS to plain HTTP.
    case insecure(url: String, from: String)
    /// Its certificate is not for this host, or nobody vouches for it.
    case untrusted(url: String, reason: String)
    case wrongSize(url: String, expected: UInt64, actual: UInt64)
    case wrongDigest(url: String, expected: SHA256Digest, actual: SHA256Digest)
    /// The published checksum file does not say which checksum the artifact has.
    case noChecksum(url: String, artifact: String, reason: String)
    /// A manifest or token answer that does not parse or is of an unknown type.
    case badAnswer(url: String, reason: String)
    case noPlatform(image: String, wanted: String, offered: [String])
    case badSource(String)
    /// The file of authorities that SSL_CERT_FILE names has none.
    case badAuthorities(path: String, reason: String)
    /// Nothing is fetched in an offline run, and the cache does not have it.
    case notCached(name: String, url: String)
    /// A local file could not be used. `errno` as in errno(3).
    case system(String, path: String, errno: Int32)
}

extension FetchError: Diagnostic {
    public var category: DiagnosticCategory {
        switch self {
        case .unreachable, .stalled, .badStatus: .upstreamUnreachable
        case .notFound, .noPlatform, .notCached: .missingArtifact
        case .refused, .loginDenied, .proxyRefused: .upstreamRefused
        case .badLogin: .hostCommandFailed
        case .html, .insecure, .untrusted, .wrongSize, .wrongDigest, .noChecksum, .badAnswer:
            .upstreamMismatch
        case .badSource, .badAuthorities: .invalidInput
        case .system(_, _, let errno): Errno(rawValue: errno).isOfSpace ? .noSpace : .invalidInput
        }
    }

    public var message: String {
        switch self {
        case .unreachable(let url, let reason): "\(url) does not answer: \(reason)"
        case .stalled(let url, let seconds):
            "\(url) stalled: less than \(HTTPTransport.leastRate) bytes a second came for \(seconds) s"
        case .notFound(let url): "\(url) does not exist (404)"
        case .refused(let url, let status, let after):
            "\(url) refuses with status \(status)" + (after.map { ", asks to wait \($0) s" } ?? "")
        case .proxyRefused(let url, let reason): "the proxy does not pass a request to \(url) on: \(reason)"
        case .loginDenied(let image, let url, let status):
            "\(url) gives no token to pull \(image): status \(status), expected 200"
        case .badLogin(let registry, let reason): "the login for \(registry) cannot be used: \(reason)"
        case .badStatus(let url, let status, _): "\(url) answered with status \(status), expected 200"
        case .html(let url): "\(url) answered with a web page, expected a file"
        case .insecure(let url, let from): "\(from) leads from HTTPS to plain \(url), expected HTTPS"
        case .untrusted(let url, let reason): "\(url) has no certificate that counts: \(reason)"
        case .wrongSize(let url, let expected, let actual): "\(url) has \(actual) bytes, expected \(expected)"
        case .wrongDigest(let url, let expected, let actual): "\(url) is \(actual), expected \(expected)"
        case .noChecksum(let url, let artifact, let reason): "checksum of \(artifact) in \(url): \(reason)"
        case .badAnswer(let url, let reason): "\(url): \(reason)"
        case .noPlatform(let image, let wanted, let offered):
            "\(image) is not there for \(wanted); it is for \(offered.joined(separator: ", "))"
        case .badSource(let reason): reason
        case .badAuthorities(let path, let reason):
            "SSL_CERT_FILE is '\(path)', expected a file of certificates in PEM form: \(reason)"
        case .notCached(let name, let url): "\(name) is not in the cache, expected from \(url): this run is offline"
        case .system(let call, let path, let errno): "\(call) \(path): \(Errno(rawValue: errno))"
        }
    }

    public var hint: String {
        switch self {
        case .unreachable, .stalled, .badStatus:
            "check the network and the proxy settings; run the same command again, what is in the cache stays"
        case .notFound: "check the version, or the base address with --source NAME=URL"
        case .refused(_, 429, _): "wait, or use a mirror with --registry-mirror HOST=URL"
        case .loginDenied: "check the image's name; if it is not public, log in with your container tool"
        case .badLogin: "log in again with your container tool, or take that program out of its config.json"
        case .proxyRefused: "check address, user and password in http_proxy and https_proxy, and what no_proxy excepts"
        case .refused: "log in with your container tool, or use a mirror"
        case .html: "a proxy or a login page answers in the upstream's place"
        case .insecure, .wrongSize, .wrongDigest, .noChecksum, .badAnswer: "do not use it; try another mirror"
        case .noPlatform: "choose another image, or another --arch"
        case .untrusted:
            "check the address and the clock; SSL_CERT_FILE names a file of authorities besides the system's"
        case .notCached: "run the same command once with a network and the same --cache, without --offline"
        case .badAuthorities: "correct that variable, or unset it where the system's authorities are enough"
        case .badSource: "correct the sources file or the option; bundle-spec/sources.json is the built-in one"
        case .system:
            category == .noSpace
                ? "free space there, or choose another place with --cache"
                : "check that path and who may use it, or choose another place with --cache"
        }
    }
}

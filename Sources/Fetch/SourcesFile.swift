public import BundleModel
import FoundationEssentials

/// Where upstreams are, as data: base addresses of files by name, and of registries by the host in image names.
public struct SourcesFile: Codable, Hashable, Sendable {
    public var schemaVersion: Int
    /// `kubernetes` → base address without a slash at its end.
    public var files: [String: String]
    /// `registry.k8s.io` → address of its OCI distribution API, without `/v2`.
    public var registries: [String: String]

    public init(files: [String: String], registries: [String: String]) {
        schemaVersion = 1
        self.files = files
        self.registries = registries
    }

    /// - Parameter name: the file's, for messages.
    /// - Throws: `FetchError.badSource`.
    public static func decode(_ bytes: [UInt8], name: String = "the built-in sources file") throws -> SourcesFile {
        do {
            let sources = try CanonicalJSON.decode(SourcesFile.self, from: Data(bytes))
            guard sources.schemaVersion == 1 else {
                throw FetchError.badSource("schemaVersion \(sources.schemaVersion), this program knows 1")
            }
            for address in Array(sources.files.values) + sources.registries.values { try requireAddress(address) }
            return sources
        } catch {
            throw FetchError.badSource("\(name): \(CanonicalJSON.explanation(of: error))")
        }
    }

    /// Replaces a base address.
    ///
    /// - Parameter text: `NAME=URL`, with one of the known names.
    public mutating func override(file text: String) throws {
        let (name, url) = try Self.pair(text)
        guard files[name] != nil else {
            let known = files.keys.sorted().joined(separator: ", ")
            throw FetchError.badSource("unknown source '\(name)'; known are \(known)")
        }
        files[name] = url
    }

    /// - Parameter text: `HOST=URL`.
    public mutating func override(registry text: String) throws {
        let (host, url) = try Self.pair(text)
        registries[host] = url
    }

    /// Refuses a mirror for a host that no image comes from: a misspelt host would be pulled from the real one.
    ///
    /// - Parameters:
    ///   - text: `HOST=URL`.
    ///   - images: what is going to be pulled, besides what comes from the registries of this file.
    /// - Throws: `FetchError.badSource` with the known hosts.
    public func requireKnown(registry text: String, images: some Sequence<ImageReference>) throws {
        let (host, _) = try Self.pair(text)
        let known = Set(registries.keys).union(images.map(\.registry))
        guard known.contains(host) else {
            throw FetchError.badSource(
                "no image comes from the registry '\(host)'; known are \(known.sorted().joined(separator: ", "))")
        }
    }

    /// The full address of a path below a named source.
    public func url(_ source: String, _ path: String) throws -> String {
        guard let base = files[source] else { throw FetchError.badSource("no base address for '\(source)'") }
        return "\(base)/\(path)"
    }

    /// The registry that serves an image; HTTPS on the image's own host where nothing else is said.
    public func registry(of image: ImageReference) -> String {
        registries[image.registry] ?? "https://\(image.registry)"
    }

    private static func pair(_ text: String) throws -> (String, String) {
        let halves = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard halves.count == 2 else {
            throw FetchError.badSource("'\(text)': expected NAME=http://… or NAME=https://…")
        }
        var url = halves[1]
        while url.hasSuffix("/") { url.removeLast() }
        try requireAddress(url)
        return (halves[0], url)
    }

    private static func requireAddress(_ text: String) throws {
        guard let url = URL(string: text), url.scheme == "http" || url.scheme == "https", url.host?.isEmpty == false,
            !text.hasSuffix("/")
        else {
            throw FetchError.badSource("'\(text)': expected an http:// or https:// address without a slash at its end")
        }
    }
}

public import BundleModel
import FoundationEssentials

/// Where upstreams are, as data: base addresses of files by name, and of registries by the host in image names.
public struct SourcesFile: Hashable, Sendable {
    public var schemaVersion: Int
    /// `kubernetes` → base addresses without a slash at their end: the canonical one, then mirrors. Never empty.
    public var files: [String: [String]]
    /// `registry.k8s.io` → addresses of its OCI distribution API, without `/v2`, in the same order.
    public var registries: [String: [String]]

    public init(files: [String: [String]], registries: [String: [String]]) {
        schemaVersion = 1
        self.files = files
        self.registries = registries
    }

    /// The canonical base address of each name.
    public var bases: [String: String] { files.compactMapValues(\.first) }

    /// - Parameter name: the file's, for messages.
    /// - Throws: `FetchError.badSource`.
    public static func decode(_ bytes: [UInt8], name: String = "the built-in sources file") throws -> SourcesFile {
        do {
            let sources = try CanonicalJSON.decode(SourcesFile.self, from: Data(bytes))
            guard sources.schemaVersion == 1 else {
                throw FetchError.badSource("schemaVersion \(sources.schemaVersion), this program knows 1")
            }
            for (name, addresses) in Array(sources.files) + Array(sources.registries) {
                if addresses.isEmpty { throw FetchError.badSource("'\(name)' has no address") }
                for address in addresses { try requireAddress(address) }
            }
            return sources
        } catch {
            throw FetchError.badSource("\(name): \(CanonicalJSON.explanation(of: error))")
        }
    }

    /// Replaces base addresses: of several for one name the first is canonical, and the others are its mirrors.
    ///
    /// - Parameter texts: `NAME=URL` each, with one of the known names.
    public mutating func override(files texts: [String]) throws {
        for (name, addresses) in try Self.grouped(texts) {
            guard files[name] != nil else {
                let known = files.keys.sorted().joined(separator: ", ")
                throw FetchError.badSource("unknown source '\(name)'; known are \(known)")
            }
            files[name] = addresses
        }
    }

    /// - Parameter texts: `HOST=URL` each, as for files.
    public mutating func override(registries texts: [String]) throws {
        for (host, addresses) in try Self.grouped(texts) { registries[host] = addresses }
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

    /// The full addresses of a path below a named source, the canonical one first.
    public func urls(_ source: String, _ path: String) throws -> [String] {
        guard let bases = files[source], !bases.isEmpty else {
            throw FetchError.badSource("no base address for '\(source)'")
        }
        return bases.map { "\($0)/\(path)" }
    }

    /// The canonical address of a path below a named source.
    public func url(_ source: String, _ path: String) throws -> String {
        guard let url = try urls(source, path).first else {
            throw FetchError.badSource("no base address for '\(source)'")
        }
        return url
    }

    /// The registries that serve an image, in the order in which they are asked; HTTPS on the image's own host where
    /// nothing else is said.
    public func registries(of image: ImageReference) -> [String] {
        registries[image.registry] ?? ["https://\(image.registry)"]
    }

    /// The first of those.
    public func registry(of image: ImageReference) -> String {
        registries(of: image).first ?? "https://\(image.registry)"
    }

    private static func grouped(_ texts: [String]) throws -> [String: [String]] {
        var addresses: [String: [String]] = [:]
        for text in texts {
            let (name, url) = try pair(text)
            addresses[name, default: []].append(url)
        }
        return addresses
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
        // It would not be sent, and would stand in messages and locks.
        if let host = HTTPTransport.withLogin(text) {
            throw FetchError.badSource("the address of \(host) has a login in it, expected none")
        }
        guard let url = URL(string: text), url.scheme == "http" || url.scheme == "https", url.host?.isEmpty == false,
            !text.hasSuffix("/")
        else {
            throw FetchError.badSource("'\(text)': expected an http:// or https:// address without a slash at its end")
        }
    }
}

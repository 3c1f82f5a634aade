import BundleModel
import FoundationEssentials
import Host
import Signing
import SystemPackage

/// What upstreams last said, for runs without a network: one file for each canonical address.
struct DocumentMemory: Sendable {
    private struct Entry: Codable {
        var schemaVersion = 1
        /// The canonical address: a file's name is only its digest.
        var url: String
        /// Where it came from.
        var source: String
        var contentType: String?
        var sha256: SHA256Digest
        var content: Data
    }

    /// Bytes of an entry: of a document of 64 MiB, the largest that is asked for, in base64.
    private static let limit = 96 << 20

    let folder: FilePath

    func remember(_ document: CachedDocument, as url: String) throws {
        let entry = Entry(
            url: url, source: document.url, contentType: document.contentType,
            sha256: SHA256Hasher.hash(document.bytes), content: Data(document.bytes))
        try FileSystem.makeDirectories(folder)
        try AtomicFile.write(try CanonicalJSON.encode(entry), to: path(url))
    }

    /// - Returns: nil for what was never asked for, and for what was damaged on the disk since.
    func document(_ url: String) throws -> CachedDocument? {
        guard let bytes = try FileSystem.readIfPresent(path(url), limit: Self.limit),
            let entry = try? CanonicalJSON.decode(Entry.self, from: Data(bytes)), entry.schemaVersion == 1,
            entry.url == url, SHA256Hasher.hash(entry.content) == entry.sha256
        else { return nil }
        return CachedDocument(bytes: Array(entry.content), contentType: entry.contentType, url: entry.source)
    }

    private func path(_ url: String) -> FilePath {
        folder.appending("\(SHA256Hasher.hash(Array(url.utf8)).hex).json")
    }
}

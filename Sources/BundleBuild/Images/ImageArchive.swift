import Archive
import BundleModel
import FoundationEssentials
import Host
import Signing
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// A file with images: what `docker save` writes, or a tar of an OCI layout; plain, or compressed by gzip, xz or zstd.
///
/// It is unpacked once, into a folder of the cache that is named by the file's digest, as an OCI layout. Images that
/// `docker save` wrote have no manifest that any registry knows: they get one made of their config and layers alone, so
/// that the same archive always gives the same digests.
struct ImageArchive: Sendable {
    let path: FilePath

    /// - Parameter cache: a folder; made where it is missing.
    /// - Returns: an OCI layout, whose every blob has the digest that its name says.
    /// - Throws: `BundleBuildError`, `HostError`.
    func unpacked(in cache: FilePath, progress: any ProgressSink) async throws -> FilePath {
        let digest = try await BlockingPool.shared.run { try contentDigest() }
        let folder = cache.appending("images")
        try FileSystem.makeDirectories(folder)
        let layout = folder.appending(digest.hex)
        return try await withLock(folder.appending("\(digest.hex).lock")) {
            if try await BlockingPool.shared.run({ try Self.isWhole(layout) }) { return layout }
            let task = "unpack \(path.lastComponent?.string ?? path.string)"
            progress.report(ProgressEvent(kind: .started, task: task))
            let stop = CancellationFlag()
            try await withTaskCancellationHandler {
                try await BlockingPool.shared.run {
                    try unpack(to: layout, by: folder.appending("\(digest.hex).work"), stop: stop)
                }
            } onCancel: {
                stop.raise()
            }
            progress.report(ProgressEvent(kind: .finished, task: task))
            return layout
        }
    }

    /// Of the file, as it is.
    private func contentDigest() throws -> SHA256Digest {
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
            return try file.closeAfter { try SHA256Hasher.hash(contentOf: file) }
        } catch let error as Errno {
            throw HostError.unreadableInput(path: path.string, errno: error.rawValue)
        }
    }

    /// Waits for another run that unpacks the same archive.
    private func withLock<Result>(_ path: FilePath, _ work: () async throws -> Result) async throws -> Result {
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(
                path, .readWrite, options: [.create, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
        } catch let error as Errno {
            throw HostError.system("open", path: path.string, errno: error.rawValue)
        }
        defer { try? file.close() }
        while flock(file.rawValue, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            guard code == EWOULDBLOCK || code == EINTR else {
                throw HostError.system("lock", path: path.string, errno: code)
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        return try await work()
    }

    /// Names what was unpacked: the index's digest, then each blob's.
    private static let inventory = "unpacked.txt"

    /// Whether an earlier run unpacked it, and the disk has kept all of it.
    private static func isWhole(_ layout: FilePath) throws -> Bool {
        let index = layout.appending("index.json")
        let blobs = layout.pushing(FilePath("blobs/sha256"))
        guard let text = try FileSystem.text(layout.appending(inventory)), FileSystem.exists(index) else {
            return false
        }
        let names = text.split(separator: "\n").map(String.init)
        guard try names.first == SHA256Hasher.hash(file: index).hex else { return false }
        return try names.dropFirst().allSatisfy { name in
            let blob = blobs.appending(name)
            return try FileSystem.exists(blob) && SHA256Hasher.hash(file: blob).hex == name
        }
    }

    private static func writeInventory(of layout: FilePath, index: [UInt8]) throws {
        let names = try [SHA256Hasher.hash(index).hex] + FileSystem.list(layout.pushing(FilePath("blobs/sha256")))
        try AtomicFile.write(Array(names.map { "\($0)\n" }.joined().utf8), to: layout.appending(inventory))
    }

    /// - Parameters:
    ///   - layout: replaced as a whole, at the end.
    ///   - work: beside it; what a killed run left there goes.
    private func unpack(to layout: FilePath, by work: FilePath, stop: CancellationFlag) throws {
        defer { try? FileManager.default.removeItem(atPath: work.string) }
        do {
            let listing = try ArchiveListing(of: path, stop: stop)
            try Self.removeTree(work)
            try FileSystem.makeDirectories(work)
            let index = try fill(work, from: listing, stop: stop)
            try AtomicFile.write(index, to: work.appending("index.json"))
            try AtomicFile.write(Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8), to: work.appending("oci-layout"))
            try Self.writeInventory(of: work, index: index)
        } catch let error as ArchiveError where error.isAboutContent {
            throw bad(error.message)
        }
        try Self.removeTree(layout)
        guard rename(work.string, layout.string) == 0 else {
            throw HostError.system("rename to", path: layout.string, errno: errno)
        }
    }

    private static func removeTree(_ path: FilePath) throws {
        if FileSystem.exists(path) { try FileManager.default.removeItem(atPath: path.string) }
    }

    /// Writes the blobs, and says what the layout's index is.
    private func fill(_ work: FilePath, from listing: ArchiveListing, stop: CancellationFlag) throws -> [UInt8] {
        let blobs = try BlobFolder(layout: work)
        // Newer versions of docker write both: the layout has the image's own manifests.
        if let index = listing.documents["index.json"] {
            do { _ = try CanonicalJSON.decode(OCIIndex.self, from: Data(index)) } catch {
                throw bad("index.json: \(CanonicalJSON.explanation(of: error))")
            }
            let wanted = Set(listing.files.keys.filter { Self.digest(of: $0) != nil })
            try requireSpace(for: wanted, of: listing, at: work)
            for (path, blob) in try write(wanted, into: blobs, stop: stop) {
                if let stated = Self.digest(of: path), stated != blob.digest {
                    throw bad("'\(path)' has the content \(blob.digest)")
                }
            }
            return index
        }
        guard let json = listing.documents["manifest.json"] else {
            throw bad("no archive of images: it has neither an index.json nor a manifest.json")
        }
        let manifest: DockerArchiveManifest
        do { manifest = try DockerArchiveManifest(json) } catch {
            throw bad("manifest.json: \(CanonicalJSON.explanation(of: error))")
        }
        var places: [String: String] = [:]
        for path in manifest.paths.sorted() {
            guard let file = listing.file(at: path) else { throw bad("it lacks '\(path.printable)'") }
            places[path] = file
        }
        try requireSpace(for: Set(places.values), of: listing, at: work)
        let written = try write(Set(places.values), into: blobs, stop: stop)
        return try index(of: manifest, parts: places.compactMapValues { written[$0] }, into: blobs)
    }

    private func write(
        _ wanted: Set<String>, into blobs: BlobFolder, stop: CancellationFlag
    ) throws -> [String: BlobFolder.Blob] {
        var written: [String: BlobFolder.Blob] = [:]
        try UpstreamArchive(path).forEachMember { member, content in
            guard member.kind == .file, wanted.contains(member.path) else { return }
            written[member.path] = try blobs.add(content, stop: stop)
        }
        return written
    }

    /// Makes a manifest for each image.
    private func index(
        of manifest: DockerArchiveManifest, parts: [String: BlobFolder.Blob], into blobs: BlobFolder
    ) throws -> [UInt8] {
        var entries: [OCIDescriptor] = []
        func part(_ path: String) throws -> BlobFolder.Blob {
            guard let part = parts[path] else { throw bad("'\(path.printable)' changed while it was read") }
            return part
        }
        for image in manifest.images {
            let config = try part(image.config)
            if let stated = image.statedDigest, stated != config.digest {
                throw bad("'\(image.config.printable)' has the content \(config.digest)")
            }
            let layers = try image.layers.map { path in
                let layer = try part(path)
                return OCIDescriptor(mediaType: .layer(layer.compression), digest: layer.digest, size: layer.size)
            }
            let document = OCIManifest(
                config: OCIDescriptor(mediaType: .config, digest: config.digest, size: config.size), layers: layers)
            let (digest, size) = try blobs.add(CanonicalJSON.encode(document))
            var entry = OCIDescriptor(mediaType: .manifest, digest: digest, size: size)
            if image.names.isEmpty { entries.append(entry) }
            for name in image.names {
                entry.annotations = ["io.containerd.image.name": name.description]
                entries.append(entry)
            }
        }
        return Array(try CanonicalJSON.encode(OCIIndex(manifests: entries)))
    }

    private func requireSpace(for wanted: Set<String>, of listing: ArchiveListing, at folder: FilePath) throws {
        let needed = wanted.reduce(UInt64(0)) { $0 + (listing.files[$1] ?? 0) }
        let free = try FileSystem.freeBytes(folder)
        guard needed <= free else { throw BundleBuildError.noSpace(path: folder.string, needed: needed, free: free) }
    }

    /// Of a blob's path in a layout.
    private static func digest(of path: String) -> SHA256Digest? {
        guard case .blob(let digest)? = ImageMember(path: path) else { return nil }
        return digest
    }

    private func bad(_ reason: String) -> BundleBuildError { .unreadable(path: path.string, reason: reason) }
}

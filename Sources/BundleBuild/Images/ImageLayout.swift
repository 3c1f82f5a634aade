import BundleModel
import FoundationEssentials
import Host
import SystemPackage

/// One OCI layout: a folder with `index.json`, and blobs by their digests.
struct ImageLayout: Sendable {
    /// Bytes of the largest `index.json`.
    static let indexLimit = 16 << 20

    let folder: FilePath
    /// What locks say of where an image came from.
    let source: String
    /// Of its only image, in place of what the layout says.
    private let name: ImageReference?
    private let index: OCIIndex

    /// - Parameters:
    ///   - source: nil: the folder's name.
    ///   - name: of its only image; nil: as the layout says.
    /// - Throws: `BundleBuildError.unreadable`, `HostError`.
    init(_ folder: FilePath, source: String? = nil, name: ImageReference? = nil) throws {
        self.folder = folder
        self.source = source ?? "file:\(folder.lastComponent?.string ?? "images")"
        self.name = name
        index = try Self.parsed(folder.appending("index.json"), limit: Self.indexLimit) {
            try CanonicalJSON.decode(OCIIndex.self, from: $0)
        }
    }

    /// How many images it has, whatever they are called.
    var count: Int { Set(index.manifests.map(\.digest)).count }

    /// The names of its images.
    var references: [ImageReference] { name.map { [$0] } ?? index.manifests.compactMap(Self.name(of:)) }

    /// The indexes and manifests that have a name, each of which may be for another platform; with a digest, the one
    /// that is it, or that another one lists.
    func entries(for reference: ImageReference) throws -> [OCIDescriptor] {
        if let digest = reference.digest { return try entry(of: digest).map { [$0] } ?? [] }
        return index.manifests.filter { descriptor in
            (name ?? Self.name(of: descriptor)).map { $0.name == reference.name && $0.tag == reference.tag } ?? false
        }
    }

    /// The index or manifest of a digest, whatever it is called; nil where there is none.
    func entry(of digest: SHA256Digest) throws -> OCIDescriptor? {
        if let listed = index.manifests.first(where: { $0.digest == digest }) { return listed }
        let path = place(of: digest)
        guard let size = try Self.size(of: path), size <= ImageMember.documentLimit else { return nil }
        let document = try? OCIDocument(Data(FileSystem.read(path, limit: Int(ImageMember.documentLimit))))
        return document.map { OCIDescriptor(mediaType: $0.mediaType, digest: digest, size: size) }
    }

    /// What an index or manifest has for an architecture; nil where that is nothing, or is not here.
    func image(
        _ top: OCIDescriptor, as reference: ImageReference, for architecture: CPUArchitecture
    ) throws -> LayoutImage? {
        let wanted = OCIPlatform(architecture)
        var manifest = top
        var document = try document(top)
        if case .index(let index) = document.content {
            // Whoever saves one platform of an image may keep the index of all.
            guard let match = index.manifest(for: wanted), try Self.size(of: place(of: match.digest)) != nil else {
                return nil
            }
            manifest = match
            document = try self.document(match)
        }
        guard case .manifest(let image) = document.content else {
            throw BundleBuildError.unreadable(
                path: place(of: manifest.digest).string, reason: "an index where an index named a manifest")
        }
        try ImageCheck.refuseForeign(image, of: reference)
        // No index says which platform it is of. A config that does not either is refused when the layers are checked.
        if manifest == top, let platform = try platform(image.config), !platform.serves(wanted) { return nil }
        return LayoutImage(
            layout: self, reference: reference, top: top, manifest: manifest.digest,
            descriptors: (manifest == top ? [top] : [top, manifest]) + image.contents)
    }

    /// Where a part of an image lies, and its bytes.
    ///
    /// - Throws: `BundleBuildError.missing`, `HostError`.
    func blob(_ descriptor: OCIDescriptor, of reference: ImageReference) throws -> (path: FilePath, size: UInt64) {
        let path = place(of: descriptor.digest)
        guard let size = try Self.size(of: path) else {
            throw BundleBuildError.missing("blob \(descriptor.digest) of \(reference)", lookedIn: folder.string)
        }
        return (path, size)
    }

    private func platform(_ config: OCIDescriptor) throws -> OCIPlatform? {
        let path = place(of: config.digest)
        guard let bytes = try FileSystem.readIfPresent(path, limit: Int(ImageMember.documentLimit)) else { return nil }
        return try? CanonicalJSON.decode(OCIPlatform.self, from: Data(bytes))
    }

    private func place(of digest: SHA256Digest) -> FilePath { folder.pushing(FilePath("blobs/sha256/\(digest.hex)")) }

    private func document(_ descriptor: OCIDescriptor) throws -> OCIDocument {
        try Self.parsed(place(of: descriptor.digest), limit: Int(ImageMember.documentLimit)) {
            try OCIDocument($0, cameAs: descriptor.mediaType)
        }
    }

    /// The full name of an image. Many tools write nothing but a tag there, which is no name.
    private static func name(of descriptor: OCIDescriptor) -> ImageReference? {
        let annotations = descriptor.annotations ?? [:]
        let names = ["io.containerd.image.name", "org.opencontainers.image.ref.name"].compactMap { annotations[$0] }
        return names.lazy.filter { $0.contains("/") || $0.contains(":") }.compactMap { try? ImageReference($0) }.first
    }

    /// Bytes of a file, which may be reached by a link; nil where there is none.
    private static func size(of path: FilePath) throws -> UInt64? {
        do {
            let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
            return try file.closeAfter { UInt64(try file.seek(offset: 0, from: .end)) }
        } catch Errno.noSuchFileOrDirectory {
            return nil
        } catch let error as Errno {
            throw HostError.system("read", path: path.string, errno: error.rawValue)
        }
    }

    private static func parsed<Value>(_ path: FilePath, limit: Int, _ parse: (Data) throws -> Value) throws -> Value {
        let bytes = try FileSystem.readInput(path, limit: limit)
        do {
            return try parse(Data(bytes))
        } catch {
            throw BundleBuildError.unreadable(path: path.string, reason: CanonicalJSON.explanation(of: error))
        }
    }
}

public import BundleModel
import Host
public import SystemPackage

/// Images on this machine, as an option names them.
public struct LocalImageSource: Hashable, Sendable {
    public enum Form: Hashable, Sendable {
        /// A folder that is an OCI layout.
        case layout
        /// What `docker save` writes, or a tar of an OCI layout.
        case archive
    }

    public let form: Form
    public let path: FilePath
    /// Of its only image, in place of what it says itself.
    public let name: ImageReference?

    /// - Parameter text: `PATH` or `PATH=REFERENCE`; a file that exists under the whole text is that file.
    /// - Throws: `ImageReferenceError`.
    public init(_ form: Form, _ text: String) throws {
        self.form = form
        if let equals = text.lastIndex(of: "="), !FileSystem.exists(FilePath(text)) {
            path = FilePath(String(text[..<equals]))
            name = try ImageReference(text[text.index(after: equals)...])
        } else {
            path = FilePath(text)
            name = nil
        }
    }

    /// Reads what is there; an archive is unpacked into the cache.
    ///
    /// - Throws: `BundleBuildError`, `HostError`.
    func open(cache: FilePath, progress: any ProgressSink) async throws -> ImageLayout {
        let source = "file:\(path.lastComponent?.string ?? path.string)"
        var folder = path
        if form == .archive { folder = try await ImageArchive(path: path).unpacked(in: cache, progress: progress) }
        let layout = try ImageLayout(folder, source: source, name: name)
        let option =
            switch form {
            case .layout: "--image-layout"
            case .archive: "--image-archive"
            }
        if let name, layout.count != 1 {
            throw BundleBuildError.badOption(
                option, value: "\(path)=\(name)", expected: "one image to be named, it has \(layout.count)")
        }
        if layout.references.isEmpty {
            throw BundleBuildError.badOption(
                option, value: path.string, expected: "\(path)=REFERENCE, as the image there has no name of its own")
        }
        return layout
    }
}

public import BundleModel
import Host
import SystemPackage

/// A file that lists images, one a line. What follows a `#` at the beginning of a line or after a space is a comment.
public struct ImageList: Hashable, Sendable {
    /// In the file's order, with file and line.
    public let mentions: [ImageMention]

    public var references: [ImageReference] { mentions.map(\.reference) }

    /// - Parameter path: for messages.
    /// - Throws: `BundleBuildError.unreadable` with the line that is no image's name.
    public init(_ text: String, path: String) throws(BundleBuildError) {
        var mentions: [ImageMention] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace).prefix { !$0.hasPrefix("#") }
            guard let word = words.first else { continue }
            let place = "line \(index + 1)"
            guard words.count == 1 else {
                throw .unreadable(path: path, reason: "\(place): expected one image, found \(words.count) words")
            }
            do {
                mentions.append(ImageMention(try ImageReference(word), namedBy: "\(path) \(place)"))
            } catch {
                throw .unreadable(path: path, reason: "\(place): \(error.message)")
            }
        }
        self.mentions = mentions
    }

    /// - Throws: `HostError.unreadableInput`, `BundleBuildError.unreadable`.
    public init(reading path: String) throws {
        try self.init(String(decoding: try FileSystem.readInput(FilePath(path)), as: UTF8.self), path: path)
    }
}

extension BuildRequest {
    /// With what its lists of images have, and who lists each. The plan of the result no longer needs the files.
    ///
    /// - Throws: as `ImageList`.
    public func readingImageLists() throws -> (request: BuildRequest, mentions: [ImageMention]) {
        let mentions = try imageLists.flatMap { try ImageList(reading: $0).mentions }
        var request = self
        request.imageLists = []
        for mention in mentions where !request.extraImages.contains(mention.reference) {
            request.extraImages.append(mention.reference)
        }
        return (request, mentions)
    }
}

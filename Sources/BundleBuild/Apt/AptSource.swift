/// One archive that packages come from: a URL, a suite and its components, and how far it is trusted.
struct AptSource: Hashable, Sendable {
    /// What the archive's index must be signed by.
    enum Key: Hashable, Sendable {
        /// Any key of a keyring, which may be armored.
        case keyring(String)
        /// One key of the usual keyrings, in upper case.
        case fingerprint(String)
        /// Keys that are written into the source itself.
        case armored(String)
    }

    /// Without a slash at its end.
    var url: String
    /// `bookworm`, `bookworm-updates`; `./` or another path that ends with a slash for an archive without suites.
    var suite: String
    /// Empty where the archive has no suites.
    var components: [String]
    /// Empty: any.
    var architectures: [String] = []
    /// Empty: those that --apt-keyring names, or the machine's own.
    var keys: [Key] = []
    /// trusted=yes: the index needs no signature.
    var isTrusted = false
    /// Whether an index past its Valid-Until is refused.
    var checksValidity = true
    /// Whether indexes may be asked for by their digest.
    var usesDigestNames = true
    /// pin=N; nil: what the archive's own flags say.
    var priority: Int?

    /// Whether the suite is a path and its folder has the index itself.
    var isFlat: Bool { suite.hasSuffix("/") }

    /// Where InRelease is.
    var releaseURL: String {
        guard isFlat else { return "\(url)/dists/\(suite)" }
        let parts = suite.split(separator: "/").filter { $0 != "." }
        return ([url] + parts.map(String.init)).joined(separator: "/")
    }

    /// Folders of Packages files below `releaseURL`, each with its slash, and whether it must be there.
    func indexFolders(architecture: String) -> [(folder: String, isRequired: Bool)] {
        if isFlat { return [("", true)] }
        return components.flatMap { component -> [(folder: String, isRequired: Bool)] in
            [("\(component)/binary-\(architecture)/", true), ("\(component)/binary-all/", false)]
        }
    }

    func serves(architecture: String) -> Bool { architectures.isEmpty || architectures.contains(architecture) }

    /// Whether packages of a release may come from it: a suite that names another release is not for this one.
    func serves(_ release: OSRelease) -> Bool {
        let named = OSRelease.named(by: suite)
        return named == nil || named == release
    }

    /// As one line, for people.
    var text: String { ([url, suite] + components).joined(separator: " ") }

    /// The same archive as it was at a time.
    ///
    /// - Parameter snapshot: takes the place of `{snapshot}` in the URL, else it follows the URL as its last folder. An
    ///   index of the past is past its Valid-Until.
    func at(_ snapshot: String) -> AptSource {
        var source = self
        let mark = "{snapshot}"
        source.url = url.contains(mark) ? url.replacing(mark, with: snapshot) : "\(url)/\(snapshot)"
        source.checksValidity = false
        return source
    }
}

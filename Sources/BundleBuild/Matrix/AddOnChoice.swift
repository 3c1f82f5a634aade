/// `helm`, `helm@3.18` or `helm@3.18.4`.
public struct AddOnChoice: Hashable, Sendable {
    public var name: String
    /// A version or the beginning of one, without a leading `v`. Nil: the newest that is tested with the Kubernetes line.
    public var version: String?

    public init(name: String, version: String? = nil) {
        self.name = name
        self.version = version
    }

    /// - Parameter option: for messages.
    /// - Throws: `BundleBuildError.badOption`.
    public init(_ text: String, option: String = "--addon") throws(BundleBuildError) {
        let halves = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let name = halves.first.map(String.init) ?? ""
        guard !name.isEmpty, halves.count == 1 || !halves[1].isEmpty else {
            throw .badOption(option, value: text, expected: "NAME or NAME@VERSION")
        }
        self.init(name: name)
        if halves.count == 2 {
            version = String(halves[1].hasPrefix("v") ? halves[1].dropFirst() : halves[1])
        }
    }
}

extension AddOnChoice: CustomStringConvertible {
    public var description: String { version.map { "\(name)@\($0)" } ?? name }
}

import Host
public import SystemPackage

/// One containerd that was unpacked beside others.
public struct ContainerdVersion: Sendable, Hashable {
    /// `bookworm`, `trixie`, `sid`
    public let suite: String
    /// `1.6.20`
    public let number: String
    /// The folder with containerd and ctr.
    public let binaries: FilePath

    public var isTwo: Bool { !number.hasPrefix("1.") }

    /// What makes `ctr images import` let the layer blobs go; 1.6 has no word for it.
    var discarding: [String] {
        if isTwo { return ["--local", "--discard-unpacked-layers"] }
        return number.hasPrefix("1.6.") ? [] : ["--discard-unpacked-layers"]
    }
}

extension ContainerdVersion: CustomStringConvertible {
    public var description: String { "containerd \(number) (\(suite))" }
}

extension ContainerdVersion {
    /// The suites that are compared. The first is required, the later ones are what this machine's archive has.
    public static let suites = ["bookworm", "trixie", "sid"]

    /// What the test bed can give; it fetches and unpacks what it has not yet.
    public static func all() async throws -> [ContainerdVersion] {
        let printed = try await SystemProcessRunner().require(
            Command(ContainerdPlace.repository.appending("Tests/Testbed/testbed").string, ["containerd"], timeout: 600)
        )
        return printed.standardOutput.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", maxSplits: 2).map(String.init)
            guard words.count == 3 else { return nil }
            return ContainerdVersion(suite: words[0], number: words[1], binaries: FilePath(words[2]))
        }
    }
}

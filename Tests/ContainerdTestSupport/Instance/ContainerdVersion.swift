import Host
public import SystemPackage
import TestSupport

/// One containerd's programs: the distribution's, or of those that the test bed has unpacked beside each other.
public struct ContainerdVersion: Sendable, Hashable {
    /// `bookworm`, `trixie`, `sid`; of programs that were found somewhere, their folder.
    public let suite: String
    /// `1.6.20`
    public let number: String
    /// The folder with containerd and ctr.
    public let binaries: FilePath

    public var isTwo: Bool { !number.hasPrefix("1.") }

    /// Whether `ctr images import` can let the layer blobs go.
    public var hasDiscardMode: Bool { !number.hasPrefix("1.6.") }

    /// What makes it do so.
    var discarding: [String] { locally + (hasDiscardMode ? ["--discard-unpacked-layers"] : []) }

    /// What makes version 2 do in `ctr` what earlier ones do there.
    public var locally: [String] { isTwo ? ["--local"] : [] }
}

extension ContainerdVersion: CustomStringConvertible {
    public var description: String { "containerd \(number) (\(suite))" }
}

extension ContainerdVersion {
    /// The suites that are compared. The first is required, the later ones are what this machine's archive has.
    public static let suites = ["bookworm", "trixie", "sid"]

    /// The folder with the programs of a suite, whether or not they are there.
    static func binaries(_ suite: String) -> FilePath {
        InstancePlace.testbed.appending("containerd/\(suite)/bin")
    }

    /// The suites of which the test bed has unpacked something; all of them before it has tried.
    public static let present: [String] = {
        let present = suites.filter { FileSystem.exists(binaries($0).appending("containerd")) }
        return present.isEmpty ? suites : present
    }()

    /// What the test bed can give; it fetches and unpacks what it has not yet.
    public static func all() async throws -> [ContainerdVersion] {
        let printed = try await SystemProcessRunner().require(
            Command(InstancePlace.repository.appending("Tests/Testbed/testbed").string, ["containerd"], timeout: 600)
        )
        return printed.standardOutput.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", maxSplits: 2).map(String.init)
            guard words.count == 3 else { return nil }
            return ContainerdVersion(suite: words[0], number: words[1], binaries: FilePath(words[2]))
        }
    }
}

import Host
public import SystemPackage
import TestSupport

#if canImport(Glibc)
    import Glibc
#endif

/// For tests that take whatever containerd there is.
extension ContainerdVersion {
    /// The folder with the distribution's programs.
    public static let distribution: FilePath = "/usr/bin"

    /// KUBEFERRY_CONTAINERD; else of the test bed's, the one that the seed chooses; else the distribution's.
    public static let preferred: FilePath = {
        if let given = getenv("KUBEFERRY_CONTAINERD") { return FilePath(String(cString: given)) }
        let chosen = binaries(present[Int(RunSettings.seed % UInt64(present.count))])
        return hasPrograms(chosen) ? chosen : distribution
    }()

    /// The folders of which an instance can be started: the distribution's, and later suites' of the test bed.
    public static let runnable: [FilePath] =
        ([distribution] + suites.dropFirst().map { binaries($0) }).filter { canRun($0) }

    /// Whether an instance can be started of a folder's programs.
    public static func canRun(_ binaries: FilePath) -> Bool { geteuid() == 0 && hasPrograms(binaries) }

    private static func hasPrograms(_ binaries: FilePath) -> Bool {
        ["containerd", "ctr"].allSatisfy { access(binaries.appending($0).string, X_OK) == 0 }
    }

    /// What a folder has, by its own word: `containerd github.com/containerd/containerd/v2 v2.1.9 …`.
    static func found(in binaries: FilePath) async throws -> ContainerdVersion {
        let words = try await SystemProcessRunner().require(
            Command(binaries.appending("containerd").string, ["--version"], timeout: 60)
        ).standardOutput.split(whereSeparator: \.isWhitespace)
        let number = (words.count > 2 ? words[2] : "").drop { !$0.isNumber }
        return ContainerdVersion(suite: binaries.string, number: String(number), binaries: binaries)
    }
}

import Host
import SystemPackage
import TestSupport
import Testing

@testable import BundleBuild

struct DebianVersionTests {
    @Test(arguments: [
        ("1.0", "<", "1.1"), ("1.9", "<", "1.10"), ("1.0~rc1", "<", "1.0"), ("1.0", "<", "1.0a"),
        ("1.0a", "<", "1.0+b"), ("1:0.1", ">", "9.9"), ("1.0", "=", "0:1.0-0"),
        ("1.0-1", "<", "1.0-1+b2"), ("1.0", "=", "1.00"),
        ("2.36-9+deb12u4", "<", "2.36-9+deb12u10"), ("1.0~~", "<", "1.0~"), ("1-1-1", ">", "1-1"),
        ("99999999999999999999999", "<", "100000000000000000000000"), ("", "<", "a"), ("0", "=", ""),
    ])
    func versionsAreOrderedAsPolicySays(_ left: String, _ sign: String, _ right: String) {
        let (one, other) = (DebianVersion(left), DebianVersion(right))
        #expect((one < other) == (sign == "<"))
        #expect((one == other) == (sign == "="))
        #expect((other < one) == (sign == ">"))
    }

    @Test(.enabled(if: FileSystem.exists("/usr/bin/dpkg"), "SKIPPED: needs dpkg"))
    func randomVersionsAreOrderedAsDpkgDoes() async throws {
        var generator = SeededGenerator(seed: RunSettings.seed)
        let pairs = (0..<(RunSettings.isLong ? 20_000 : 400)).map { _ in
            let one = Self.version(&generator)
            return (one, generator.chance(50) ? Self.version(&generator) : Self.neighbour(of: one, &generator))
        }
        let lines = pairs.map { "\($0) \($1)\n" }.joined()
        let script = """
            while read -r a b; do
                if dpkg --compare-versions "$a" lt "$b"; then echo '<'
                elif dpkg --compare-versions "$a" eq "$b"; then echo '='
                else echo '>'; fi
            done
            """
        let scratch = try ScratchFolder()
        let input = scratch.file("versions")
        try AtomicFile.write(Array(lines.utf8), to: input)
        let result = try await SystemProcessRunner().require(
            Command("sh", ["-c", script], input: .file(input), timeout: 600))
        let signs = result.standardOutput.split(separator: "\n").map(String.init)
        try #require(signs.count == pairs.count)
        for ((left, right), sign) in zip(pairs, signs) {
            let (one, other) = (DebianVersion(left), DebianVersion(right))
            let ours = one < other ? "<" : one == other ? "=" : ">"
            #expect(ours == sign, "\(left) and \(right), KUBEFERRY_SEED=\(RunSettings.seed)")
        }
    }

    /// What dpkg takes for a version: the upstream part begins with a digit.
    private static func version(_ generator: inout SeededGenerator) -> String {
        let epoch = generator.chance(30) ? "\(generator.pick([0, 1, 2, 10])):" : ""
        var text = "\(generator.pick([0, 1, 2, 10, 100]))"
        for _ in 0..<Int.random(in: 0...6, using: &generator) { text += generator.pick(pieces) }
        let revision = generator.chance(50) ? "-\(generator.pick(["0", "1", "1+b2", "2~bpo1", "0ubuntu1", "09"]))" : ""
        return epoch + text + revision
    }

    private static let pieces = [
        ".", "~", "+", "a", "Z", "rc", "0", "00", "1", "9", "10", ".1", "~~", "dfsg", "+deb12u", "-1",
    ]

    /// The same with one character more, less or other.
    private static func neighbour(of text: String, _ generator: inout SeededGenerator) -> String {
        text + generator.pick(["~", "+", ".0", "0", "a", "~1"])
    }
}

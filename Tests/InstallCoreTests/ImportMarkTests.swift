import BundleModel
import Host
import Testing

@testable import InstallCore

/// What ctr route knows of an import that a power cut ended.
struct ImportMarkTests {
    private let ok = CommandResult(status: 0)
    private static let table = "NAME    LABELS\ndefault  \nk8s.io  a=b,kubeferry.import=boot-1\n"

    @Test func theLabelIsFound() {
        #expect(ImportMark.boot(in: Self.table, of: "k8s.io") == "boot-1")
        #expect(ImportMark.boot(in: Self.table, of: "default") == nil)
        #expect(ImportMark.boot(in: Self.table, of: "other") == nil)
    }

    /// containerd says that they are there.
    @Test(arguments: [("boot-1", 0), ("boot-2", 1)])
    func afterAnotherBootEveryImageIsMissing(_ boot: String, _ count: Int) async throws {
        let scratch = try Scratch()
        try scratch.write("\(boot)\n", to: "/proc/sys/kernel/random/boot_id")
        let hex = try #require(Fixture.digest).description
        let images = "registry.k8s.io/pause:3.9 type \(hex) complete (1/1) 1 B/1 B true\n"
        let runner = ScriptedPrograms([
            ("/usr/local/bin/ctr -n k8s.io namespaces list", .init(status: 0, standardOutput: Self.table)),
            ("/usr/local/bin/ctr -n k8s.io images check", .init(status: 0, standardOutput: images)),
        ])
        let target = try Fixture.target(scratch, runner: runner)
        #expect(try await ImagesStep().missing(target).count == count)
    }
}

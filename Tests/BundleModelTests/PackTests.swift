import BundleModel
import Testing

struct PackTests {
    @Test func anEmptySelectorSelectsEveryNode() {
        let all = Pack.Selector()
        #expect(all.selects(role: .master, osRelease: "debian-12"))
        #expect(all.selects(role: .worker, osRelease: ""))
    }

    @Test func rolesAndReleasesMustBothFit() {
        let selector = Pack.Selector(roles: [.master], osReleases: ["debian-12"])
        #expect(selector.selects(role: .master, osRelease: "debian-12"))
        #expect(!selector.selects(role: .worker, osRelease: "debian-12"))
        #expect(!selector.selects(role: .master, osRelease: "ubuntu-22.04"))
    }

    @Test func theFileIsNamedByItsCompression() throws {
        var pack = try #require(try SampleIndex.make().packs.first)
        #expect(pack.path == "packs/node.tar.zst")
        pack.compression.format = .xz
        #expect(pack.path == "packs/node.tar.xz")
    }
}

import BundleBuild
import Testing

struct OSReleaseTests {
    @Test func releasesAreFoundByTheirID() {
        #expect(OSRelease.find("debian-12")?.codename == "bookworm")
        #expect(OSRelease.find("ubuntu-24.04")?.distribution == "ubuntu")
        #expect(OSRelease.find("debian-7") == nil)
        #expect(Set(OSRelease.all.map(\.codename)).count == OSRelease.all.count)
        #expect(OSRelease.all.allSatisfy { !$0.hostPackages.isEmpty && !$0.keyrings.isEmpty })
    }
}

import BundleModel
import FoundationEssentials
import Testing

@testable import BundleBuild

struct PackageListTests {
    private let packages: [PackageRecord]

    init() throws {
        packages = [
            try .sample("iptables", "1:1.8", "Depends: libnew, libboth"), try .sample("libnew", "1"),
            try .sample("libboth", "1"), try .sample("jq", "1.6", "Pre-Depends: libjq", "Depends: libboth"),
            try .sample("libjq", "1"),
        ]
    }

    @Test func whatWasAskedForBesideIsInAFolderOfItsOwnWithWhatItAloneNeeds() throws {
        let list = try PackageList(packages, osRelease: "debian-12", architecture: .amd64)
        #expect(
            Set(list.packages.map(\.file)) == [
                "iptables_1.8_amd64.deb", "libnew_1_amd64.deb", "libboth_1_amd64.deb", "extra/jq_1.6_amd64.deb",
                "extra/libjq_1_amd64.deb",
            ])
        let again = try PackageList(packages.reversed(), osRelease: "debian-12", architecture: .amd64)
        #expect(try CanonicalJSON.encode(again) == CanonicalJSON.encode(list))
    }

    @Test func stagesAreNamedFromTheSecondOn() throws {
        let list = try PackageList(packages, osRelease: "debian-12", architecture: .amd64)
        #expect(list.packages.filter { $0.stage != nil }.map(\.name) == ["jq"])
        #expect(list.packages.last?.stage == 1)
        let text = String(decoding: try CanonicalJSON.encode(list), as: UTF8.self)
        #expect(text.split(separator: "\"stage\"").count == 2)
    }
}

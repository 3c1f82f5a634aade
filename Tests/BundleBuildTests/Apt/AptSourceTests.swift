import BundleModel
import Host
import SystemPackage
import TestSupport
import Testing

@testable import BundleBuild

struct AptSourceTests {
    @Test func oneLineSourcesAreRead() throws {
        let line =
            "deb [ arch=amd64,arm64 signed-by=/a.gpg,/b.asc check-valid-until=no pin=600 ] https://host/debian/ "
            + "bookworm main contrib # why"
        let source = try #require(try AptSource.parse(line: line))
        #expect(source.url == "https://host/debian" && source.suite == "bookworm")
        #expect(source.components == ["main", "contrib"])
        #expect(source.keys == [.keyring("/a.gpg"), .keyring("/b.asc")])
        #expect(!source.isTrusted && !source.checksValidity && source.priority == 600)
        #expect(source.serves(architecture: "arm64") && !source.serves(architecture: "i386"))
        #expect(source.releaseURL == "https://host/debian/dists/bookworm")
        let required = source.indexFolders(architecture: "amd64").filter(\.isRequired).map(\.folder)
        #expect(required == ["main/binary-amd64/", "contrib/binary-amd64/"])
    }

    @Test(arguments: [("./", "file:/a"), ("/", "file:/a"), ("sub/", "file:/a/sub"), ("./x/y/", "file:/a/x/y")])
    func archivesWithoutSuitesHaveTheirIndexInTheFolder(_ suite: String, _ url: String) throws {
        let source = try #require(try AptSource.parse(line: "deb [trusted=yes] file:/a \(suite)"))
        #expect(source.isFlat && source.isTrusted && source.releaseURL == url)
    }

    @Test(arguments: [
        "", "   ", "# deb http://a b c", "deb-src http://a b c", "deb cdrom:[Debian]/ bookworm main",
        "deb https://user:secret@host/debian bookworm main",
    ])
    func whatIsNoSourceOfPackagesIsLeftOut(_ line: String) throws {
        #expect(try AptSource.parse(line: line) == nil)
    }

    @Test(arguments: [
        "rpm http://a b c", "deb http://a", "deb http://a bookworm", "deb http://a ./ main",
        "deb [trusted http://a b c",
        "deb [trusted] http://a b c", "deb [trusted=perhaps] http://a b c", "deb [sigend-by=/k] http://a b c",
        "deb [signed-by=key.gpg] http://a b c", "deb [pin=high] http://a b c",
    ])
    func aLineThatMeansNothingIsTheCallersMistake(_ line: String) {
        let error = #expect(throws: BundleBuildError.self) { try AptSource.parse(line: line) }
        #expect(error?.category == .invalidInput)
        #expect(error?.message.contains(line) == true)
    }

    @Test func paragraphsOfSourcesAreRead() throws {
        let text = """
            Types: deb deb-src
            URIs: http://one/debian http://two/debian
            Suites: bookworm bookworm-updates
            Components: main
            Architectures: amd64
            By-Hash: no
            Signed-By:
             -----BEGIN PGP PUBLIC KEY BLOCK-----
             .
             mDME
             -----END PGP PUBLIC KEY BLOCK-----

            Enabled: no
            Types: deb
            URIs: http://off/
            Suites: bookworm
            Components: main

            Types: deb-src
            URIs: http://off/
            Suites: bookworm
            Components: main
            """
        let sources = try AptSource.parse(deb822: Array(text.utf8), place: "test.sources")
        #expect(
            sources.map(\.text) == [
                "http://one/debian bookworm main", "http://one/debian bookworm-updates main",
                "http://two/debian bookworm main", "http://two/debian bookworm-updates main",
            ])
        #expect(sources.allSatisfy { $0.architectures == ["amd64"] && !$0.usesDigestNames })
        let key = "\n-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDME\n-----END PGP PUBLIC KEY BLOCK-----"
        #expect(sources.first?.keys == [.armored(key)])
    }

    @Test func aFingerprintNamesOneKey() throws {
        let print = "0123456789abcdef0123456789ABCDEF01234567"
        let source = try #require(try AptSource.parse(line: "deb [signed-by=\(print)!] http://a bookworm main"))
        #expect(source.keys == [.fingerprint(print.uppercased())])
    }

    @Test(arguments: [
        ("http://a/{snapshot}/debian", "http://a/20260101T000000Z/debian"),
        ("http://a/debian", "http://a/debian/20260101T000000Z"),
    ])
    func aSnapshotIsAPlaceInTheURL(_ url: String, _ expected: String) throws {
        let options = AptOptions(sources: ["deb \(url) bookworm main"], snapshot: "20260101T000000Z")
        let source = try #require(try options.parsedSources().first)
        #expect(source.url == expected)
        #expect(!source.checksValidity)
    }

    @Test(arguments: ["yesterday", "20260101", "20260101T000000", "2026010xT000000Z"])
    func aSnapshotIsATime(_ text: String) {
        let options = AptOptions(sources: ["deb http://a bookworm main"], snapshot: text)
        let error = #expect(throws: BundleBuildError.self) { try options.parsedSources() }
        #expect(error?.message.contains("--apt-snapshot") == true)
    }

    @Test func aSnapshotNeedsAnArchiveThatKeepsThePast() {
        let error = #expect(throws: BundleBuildError.self) {
            try AptOptions(snapshot: "20260101T000000Z").parsedSources()
        }
        #expect(error?.message.contains("--apt-source") == true)
    }

    @Test func filesOfSourcesAreReadInEitherForm() throws {
        let scratch = try ScratchFolder()
        let list = scratch.file("a.list")
        let paragraphs = scratch.file("b.sources")
        try AtomicFile.write(Array("# first\ndeb http://a bookworm main\n\ndeb http://b jammy main\n".utf8), to: list)
        try AtomicFile.write(
            Array("Types: deb\nURIs: http://c\nSuites: ./\n".utf8), to: paragraphs)
        let options = AptOptions(sources: [list.string, paragraphs.string, "deb http://d trixie main"])
        let sources = try options.parsedSources()
        #expect(sources.map(\.url) == ["http://a", "http://b", "http://c", "http://d"])
        let release = try #require(OSRelease.find("debian-12"))
        // A suite that names another release is not for this one; one that names none may be.
        #expect(sources.filter { $0.serves(release) }.map(\.url) == ["http://a", "http://c"])
    }

    @Test func packagesMayHaveAVersion() throws {
        let options = AptOptions(packages: ["nfs-common", "jq=1.6-2.1"])
        #expect(options.names == ["nfs-common", "jq"])
        #expect(try options.pins() == ["jq": "1.6-2.1"])
        for text in ["", "jq=", "a b", "=1"] {
            #expect(throws: BundleBuildError.self) { try AptOptions(packages: [text]).pins() }
        }
    }

    @Test func theMachinesOwnSourcesOfARelease() throws {
        let scratch = try ScratchFolder()
        let apt = scratch.path.pushing("etc/apt")
        try FileSystem.makeDirectories(apt.appending("sources.list.d"))
        try FileSystem.makeDirectories(apt.appending("trusted.gpg.d"))
        try AtomicFile.write(
            Array("deb http://a bookworm main\ndeb [allow-insecure=yes] http://b sid main\n".utf8),
            to: apt.appending("sources.list"))
        try AtomicFile.write(
            Array("Types: deb\nURIs: http://c\nSuites: bookworm-security stable trixie\nComponents: main\n".utf8),
            to: apt.pushing("sources.list.d/c.sources"))
        try AtomicFile.write([], to: apt.pushing("sources.list.d/old.list.disabled"))
        try AtomicFile.write([], to: apt.pushing("trusted.gpg.d/a.asc"))
        let machine = MachineApt(root: scratch.path)
        let release = try #require(OSRelease.find("debian-12"))
        #expect(
            try machine.sources(of: release).map(\.text) == [
                "http://a bookworm main", "http://c bookworm-security main", "http://c stable main",
            ])
        #expect(try machine.keyrings(of: release) == [apt.pushing("trusted.gpg.d/a.asc")])
        let shared = scratch.path.pushing("usr/share/keyrings")
        try FileSystem.makeDirectories(shared)
        try AtomicFile.write([], to: shared.appending("debian-archive-keyring.gpg"))
        #expect(try machine.keyrings(of: release) == [shared.appending("debian-archive-keyring.gpg")])
        // As apt checks those of this machine that name no key.
        #expect(
            try machine.keyrings(of: release, forOwnSource: true) == [
                shared.appending("debian-archive-keyring.gpg"), apt.pushing("trusted.gpg.d/a.asc"),
            ])
    }
}

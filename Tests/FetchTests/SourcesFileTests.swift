import BundleModel
import FoundationEssentials
import Host
import SystemPackage
import Testing

@testable import Fetch

struct SourcesFileTests {
    private static let example = #"{"schemaVersion":1,"files":{"runc":"https://a.example/r"},"registries":{}}"#

    @Test func theRepositorysFileIsReadAndItsUpstreamsUseHTTPS() throws {
        let file = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
            .appending("bundle-spec/sources.json")
        let sources = try SourcesFile.decode(try FileSystem.read(file))
        #expect(sources.files["kubernetes"] != nil)
        let addresses = (Array(sources.files.values) + sources.registries.values).flatMap { $0 }
        #expect(addresses.allSatisfy { $0.hasPrefix("https://") })
    }

    @Test func anAddressCanBeReplaced() throws {
        var sources = try SourcesFile.decode(Array(Self.example.utf8))
        try sources.override(files: ["runc=http://127.0.0.1:8080/runc/"])
        try sources.override(registries: ["quay.io=http://127.0.0.1:5000"])
        #expect(try sources.url("runc", "v1/runc.amd64") == "http://127.0.0.1:8080/runc/v1/runc.amd64")
        #expect(sources.registry(of: try ImageReference("quay.io/a/b:1")) == "http://127.0.0.1:5000")
        #expect(sources.registry(of: try ImageReference("other.example/a/b:1")) == "https://other.example")
    }

    @Test func ofSeveralAddressesTheFirstIsCanonicalAndTheOthersAreMirrors() throws {
        var sources = try SourcesFile.decode(Array(Self.example.utf8))
        try sources.override(files: ["runc=https://b.example", "runc=https://c.example/x"])
        try sources.override(registries: ["quay.io=https://d.example", "quay.io=https://e.example"])
        #expect(try sources.urls("runc", "v1/runc") == ["https://b.example/v1/runc", "https://c.example/x/v1/runc"])
        #expect(sources.bases == ["runc": "https://b.example"])
        let image = try ImageReference("quay.io/a/b:1")
        #expect(sources.registries(of: image) == ["https://d.example", "https://e.example"])
        #expect(sources.registry(of: image) == "https://d.example")
    }

    @Test func addressesAreReadAsOneOrAsAListAndWrittenTheSame() throws {
        let one = try SourcesFile.decode(Array(Self.example.utf8))
        let written = #"{"files":{"runc":"https://a.example/r"},"registries":{},"schemaVersion":1}"#
        #expect(try CanonicalJSON.encodeLine(one) == Data(written.utf8))
        let list = Self.example.replacing(
            #""https://a.example/r""#, with: #"["https://a.example/r","http://b.example"]"#)
        let two = try SourcesFile.decode(Array(list.utf8))
        #expect(two.files["runc"] == ["https://a.example/r", "http://b.example"])
        #expect(try SourcesFile.decode(Array(CanonicalJSON.encode(two))) == two)
    }

    @Test(arguments: [
        "unknown=https://a.example", "runc", "runc=ftp://a.example", "runc=https://", "runc=a.example",
        "runc=https://user:secret@a.example", "runc=https://secret@a.example/x",
    ])
    func aBadReplacementIsRefused(_ text: String) throws {
        var sources = try SourcesFile.decode(Array(Self.example.utf8))
        let error = #expect(throws: FetchError.self) { try sources.override(files: [text]) }
        #expect(error?.category == .invalidInput)
        #expect(error?.message.contains("secret") == false)
    }

    @Test(arguments: [
        ("schemaVersion\":1", "schemaVersion\":2"), ("https:", "file:"), ("a.example/r", "a.example/r/"),
        ("\"registries\":{}", "\"registries\":[]"), ("\"https://a.example/r\"", "[]"),
        ("\"https://a.example/r\"", "[\"https://a.example/r\",\"ftp://b.example\"]"),
    ])
    func aBadFileIsRefused(_ part: String, _ bad: String) {
        let error = #expect(throws: FetchError.self) {
            try SourcesFile.decode(Array(Self.example.replacing(part, with: bad).utf8))
        }
        #expect(error?.category == .invalidInput)
    }

    @Test func aRedirectNeverLeavesHTTPS() throws {
        #expect(throws: FetchError.insecure(url: "http://b.example/x", from: "https://a.example/x")) {
            try HTTPTransport.requireNoDowngrade(from: "https://a.example/x", to: "http://b.example/x")
        }
        try HTTPTransport.requireNoDowngrade(from: "https://a.example/x", to: "https://b.example/x")
        try HTTPTransport.requireNoDowngrade(from: "http://127.0.0.1/x", to: "http://127.0.0.1:1/x")
    }

    @Test(arguments: [
        ("/y", "https://a.example/y"), ("y", "https://a.example/d/y"), ("//b.example/y", "https://b.example/y"),
        ("https://b.example/y", "https://b.example/y"),
        ("y?u=http://c.example/", "https://a.example/d/y?u=http://c.example/"),
    ])
    func aRedirectMayBeRelative(_ target: String, _ expected: String) {
        #expect(HTTPTransport.resolve(target, against: "https://a.example/d/x?q=/z") == expected)
    }
}

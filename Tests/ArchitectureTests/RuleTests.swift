import Testing

struct RuleTests {
    @Test func inputAndFilesNeverEndTheProcess() throws {
        let hits = try SourceFile.all().flatMap {
            $0.uses(of: ["fatalError(", "preconditionFailure(", "try!", "as! "])
        }
        #expect(hits == [])
    }

    @Test func whatGoesIntoTheNodesExecutableIsSmall() throws {
        let targets = Arrows.closure(of: "node-install")
        for file in try SourceFile.all() where targets.contains(file.target) {
            // Foundation brings ICU; FoundationEssentials does not.
            #expect(!file.imports.contains("Foundation"), "\(file.path)")
        }
    }

    @Test func theNodesExecutableLooksUpNoNames() throws {
        // A static glibc executable loads the host's NSS modules for these, and may crash there.
        let words = [
            "getaddrinfo(", "gethostbyname", "getpwnam", "getpwuid", "getgrnam", "getgrgid",
            "makeAddressResolvingHost", "archive_write_disk_set_standard_lookup", "FileManager",
            "homeDirectory",
        ]
        let targets = Arrows.closure(of: "node-install")
        let hits = try SourceFile.all().filter { targets.contains($0.target) }.flatMap { $0.uses(of: words) }
        #expect(hits == [])
    }

    @Test func libarchiveReadsOnlyTheFormatsThatWereAskedFor() throws {
        // The catch-all calls pull bz2, xml2 and more into the static executable, and widen what hostile input reaches.
        let words = ["_support_filter_all", "_support_format_all", "archive_version_details"]
        #expect(try SourceFile.all().flatMap { $0.uses(of: words) } == [])
    }

    @Test func nothingIsLeftForLater() throws {
        let hits = try SourceFile.all().flatMap { file in
            zip(1..., file.lines).filter { $0.1.contains("TODO") || $0.1.contains("FIXME") }
                .map { "\(file.path):\($0.0)" }
        }
        #expect(hits == [])
    }

    @Test func commentsDoNotCount() {
        let file = SourceFile(target: "X", path: "X/X.swift", lines: ["// try! here", "let a = try! b()"])
        #expect(file.uses(of: ["try!"]) == ["X/X.swift:2: let a = try! b()"])
    }
}

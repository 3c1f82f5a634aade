import FoundationEssentials
import Testing

struct DocumentationTests {
    /// Every Markdown file of the repository, by its path.
    private static func pages() throws -> [String] {
        let folders = ["docs", "bundle-spec", "packaging", "bench", "Tests/StandInUpstream", "Tests/Testbed"]
        let below = folders.flatMap { folder in
            let names =
                (try? FileManager.default.subpathsOfDirectory(atPath: "\(SourceFile.repository)/\(folder)")) ?? []
            return names.filter { $0.hasSuffix(".md") }.map { "\(folder)/\($0)" }
        }
        return ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"] + below
    }

    @Test func linksBetweenPagesLeadSomewhere() throws {
        let pages = try Self.pages()
        #expect(pages.count > 15)
        for page in pages {
            let folder = page.split(separator: "/").dropLast().map { "/\($0)" }.joined()
            for link in Self.links(in: try SourceFile.text(page)) where !link.contains("://") && !link.hasPrefix("#") {
                let target = link.split(separator: "#").first.map(String.init) ?? ""
                let path = "\(SourceFile.repository)\(folder)/\(target)"
                #expect(FileManager.default.fileExists(atPath: path), "\(page) links to \(link)")
            }
        }
    }

    @Test func everyDecisionIsListed() throws {
        let index = try SourceFile.text("docs/decisions/README.md")
        let decisions = try Self.pages().filter { $0.hasPrefix("docs/decisions/0") }
        #expect(!decisions.isEmpty)
        for page in decisions {
            let name = page.split(separator: "/").last.map(String.init) ?? ""
            #expect(index.contains("(\(name))"), "\(name) is not in docs/decisions/README.md")
        }
    }

    @Test func everyTargetOfTheMakefileSaysWhatItIs() throws {
        let lines = try SourceFile.text("Makefile").split(separator: "\n")
        let phony = try #require(lines.first { $0.hasPrefix(".PHONY:") }).split(separator: " ").dropFirst()
        for target in phony {
            #expect(lines.contains { $0.hasPrefix("\(target):") && $0.contains("## ") }, "\(target)")
        }
    }

    /// The targets of `[text](target)`.
    private static func links(in text: String) -> [String] {
        text.split(separator: "](").dropFirst().compactMap { rest in
            rest.firstIndex(of: ")").map { String(rest[..<$0]) }
        }
    }
}

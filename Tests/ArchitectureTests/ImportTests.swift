import Testing

struct ImportTests {
    @Test(arguments: [
        ("import Host", "Host"), ("public import struct Host.Command", "Host"), ("    internal import Glibc", "Glibc"),
        ("@testable import Signing", "Signing"), ("@preconcurrency public import NIOCore", "NIOCore"),
        ("// import Host", nil), ("let important = 1", nil),
    ])
    func importLinesAreRead(line: String, module: String?) {
        #expect(SourceFile.importedModule(line) == module)
    }

    @Test func everySourceFolderHasItsArrows() throws {
        let swift = Set(try SourceFile.all().map(\.target))
        #expect(swift.subtracting(Arrows.allowed.keys) == [])
        #expect(Set(Arrows.allowed.keys).subtracting(swift) == ["CLinux"])
    }

    @Test func targetsImportOnlyWhatTheArrowsAllow() throws {
        for file in try SourceFile.all() {
            let own = file.imports.intersection(Arrows.modules)
            let excess = own.subtracting(Arrows.allowed[file.target] ?? [])
            #expect(excess == [], "\(file.path) imports what \(file.target) may not")
        }
    }

    @Test func theManifestDeclaresExactlyTheArrows() throws {
        let declared = PackageManifest(text: try SourceFile.text("Package.swift")).dependencies
        for (target, allowed) in Arrows.allowed {
            #expect(declared[target].map { $0.intersection(Arrows.modules) } == allowed, "\(target)")
        }
    }

    @Test func cModulesAreImportedByTheirOneWrapper() throws {
        let files = try SourceFile.all()
        for (module, wrapper) in Arrows.wrappers {
            let importers = Set(files.filter { $0.imports.contains(module) }.map(\.target))
            #expect(importers.subtracting([wrapper]) == [], "\(module)")
        }
    }

    @Test func theModelIsPure() throws {
        let files = try SourceFile.all().filter { $0.target == "BundleModel" }
        #expect(!files.isEmpty)
        for file in files {
            #expect(file.imports.subtracting(["FoundationEssentials"]) == [], "\(file.path)")
        }
    }

    @Test func noTestFileOfAnotherTestFrameworkIsThere() throws {
        let tests = try SourceFile.text("Package.swift").split(separator: "\n").filter { $0.contains(".testTarget(") }
        #expect(tests.count >= 12)
        #expect(try SourceFile.all().allSatisfy { !$0.imports.contains("XCTest") && !$0.imports.contains("Testing") })
    }
}

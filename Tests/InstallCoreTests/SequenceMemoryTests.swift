import BundleModel
import Host
import SystemPackage
import Testing

@testable import InstallCore

/// A node never goes back to an older bundle of a product line.
struct SequenceMemoryTests {
    @Test func anOlderSequenceIsRefusedAndTheSameOrANewerOneIsNot() throws {
        let scratch = try Scratch()
        let memory = try memory(scratch)
        try memory.check(index(5))
        try memory.remember(index(5))
        try memory.check(index(5))
        try memory.check(index(6))
        #expect {
            try memory.check(index(4))
        } throws: {
            guard let error = $0 as? InstallError, case .olderSequence("kubernetes", 4, 5) = error else { return false }
            return error.category.exitCode == 34
        }
    }

    @Test func whatIsRememberedNeverGoesBack() throws {
        let scratch = try Scratch()
        let memory = try memory(scratch)
        for sequence in [7, 3, 7] as [UInt64] { try memory.remember(index(sequence)) }
        #expect(throws: InstallError.self) { try memory.check(index(6)) }
        try memory.check(index(7))
        try memory.remember(index(.max))
        #expect(throws: InstallError.self) { try memory.check(index(.max - 1)) }
    }

    @Test func productLinesAreComparedWithinThemselves() throws {
        let scratch = try Scratch()
        let memory = try memory(scratch)
        try memory.remember(index(9))
        try memory.remember(index(2, line: "edge"))
        try memory.check(index(2, line: "edge"))
        try memory.check(index(1, line: "new"))
        #expect(throws: InstallError.self) { try memory.check(index(1, line: "edge")) }
        #expect(throws: InstallError.self) { try memory.check(index(8)) }
    }

    @Test func theFileIsRootsAlone() throws {
        let scratch = try Scratch()
        try memory(scratch).remember(index(1))
        #expect(try FileSystem.status(scratch.root.resolve(NodePaths.sequence))?.mode == 0o600)
        #expect(try scratch.text(NodePaths.sequence) == "{\n  \"kubernetes\" : 1\n}\n")
    }

    /// Taken for an empty one, it would let an older bundle in.
    @Test(arguments: ["", "{", "[]", "{\"kubernetes\": -1}", "{\"kubernetes\": \"5\"}"])
    func aDamagedMemoryIsNotAnEmptyOne(_ content: String) throws {
        let scratch = try Scratch()
        let memory = try memory(scratch)
        try scratch.write(content, to: NodePaths.sequence)
        #expect(throws: InstallError.self) { try memory.check(index(1)) }
        #expect(throws: InstallError.self) { try memory.remember(index(1)) }
        #expect(try scratch.text(NodePaths.sequence) == content)
    }

    private func memory(_ scratch: Scratch) throws -> SequenceMemory {
        try FileSystem.makeDirectories(scratch.root.resolve("/var/lib/node-install"))
        return SequenceMemory(root: scratch.root)
    }

    private func index(_ sequence: UInt64, line: String = "kubernetes") throws -> BundleIndex {
        var index = try Fixture.index()
        index.sequence = sequence
        index.productLine = line
        return index
    }
}

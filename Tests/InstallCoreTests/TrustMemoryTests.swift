import BundleModel
import Host
import SystemPackage
import Testing

@testable import InstallCore

/// A node never goes back to an older bundle of a product line.
struct TrustMemoryTests {
    @Test func anOlderSequenceIsRefusedAndTheSameOrANewerOneIsNot() throws {
        let scratch = try scratch()
        try check(index(5), scratch)
        try remember(index(5), scratch)
        try check(index(5), scratch)
        try check(index(6), scratch)
        #expect {
            try check(index(4), scratch)
        } throws: {
            guard let error = $0 as? InstallError, case .olderSequence("kubernetes", 4, 5) = error else { return false }
            return error.category.exitCode == 34
        }
    }

    @Test func whatIsRememberedNeverGoesBack() throws {
        let scratch = try scratch()
        for sequence in [7, 3, 7] as [UInt64] { try remember(index(sequence), scratch) }
        #expect(throws: InstallError.self) { try check(index(6), scratch) }
        try check(index(7), scratch)
        try remember(index(.max), scratch)
        #expect(throws: InstallError.self) { try check(index(.max - 1), scratch) }
    }

    @Test func productLinesAreComparedWithinThemselves() throws {
        let scratch = try scratch()
        try remember(index(9), scratch)
        try remember(index(2, line: "edge"), scratch)
        try check(index(2, line: "edge"), scratch)
        try check(index(1, line: "new"), scratch)
        #expect(throws: InstallError.self) { try check(index(1, line: "edge"), scratch) }
        #expect(throws: InstallError.self) { try check(index(8), scratch) }
    }

    @Test func theFileIsRootsAlone() throws {
        let scratch = try scratch()
        try remember(index(1), scratch)
        #expect(try FileSystem.status(scratch.root.resolve(NodePaths.trust))?.mode == 0o600)
        #expect(try TrustMemory.read(scratch.root).sequences == ["kubernetes": 1])
    }

    /// Taken for an empty one, it would let an older bundle in.
    @Test(arguments: [
        "", "{", "[]", "{}", "{\"schemaVersion\": 1, \"sequences\": {\"kubernetes\": -1}, \"revokedKeys\": []}",
    ])
    func aDamagedMemoryIsNotAnEmptyOne(_ content: String) throws {
        let scratch = try scratch()
        try scratch.write(content, to: NodePaths.trust)
        #expect(throws: InstallError.self) { try check(index(1), scratch) }
        #expect(throws: InstallError.self) { try remember(index(1), scratch) }
        #expect(try scratch.text(NodePaths.trust) == content)
    }

    @Test func aRevokedKeyStaysRevoked() throws {
        let scratch = try scratch()
        for revoked in [[Fixture.digest], []] {
            try TrustMemory.remember(
                scratch.root, productLine: "kubernetes", sequence: 1, revoked: revoked.compactMap(\.self))
        }
        #expect(try TrustMemory.read(scratch.root).revokedKeys == [Fixture.digest])
    }

    /// A run on a finished node writes nothing that is there already, and nothing less than what is not.
    @Test func aRerunAddsWhatItWasToldOfKeys() throws {
        let scratch = try scratch()
        let digest = try #require(Fixture.digest)
        func agreement(_ revoked: Set<SHA256Digest>) throws -> ClusterAgreement {
            try ClusterAgreement(
                index: index(3), trust: TrustRecord(signers: [], revoked: revoked),
                options: Fixture.target(scratch).options, allowOlder: false)
        }
        try agreement([]).remember(scratch.root, nil)
        #expect(try agreement([]).isRemembered(scratch.root))
        #expect(try !agreement([digest]).isRemembered(scratch.root))
        try agreement([digest]).remember(scratch.root, nil)
        for revoked: Set in [[digest], []] { #expect(try agreement(revoked).isRemembered(scratch.root)) }
        #expect(try TrustMemory.read(scratch.root).revokedKeys == [digest])
    }

    private func scratch() throws -> Scratch {
        let scratch = try Scratch()
        try FileSystem.makeDirectories(scratch.root.resolve(NodePaths.state))
        return scratch
    }

    private func check(_ index: BundleIndex, _ scratch: Scratch) throws {
        try TrustMemory.read(scratch.root).check(index)
    }

    private func remember(_ index: BundleIndex, _ scratch: Scratch) throws {
        try TrustMemory.remember(scratch.root, productLine: index.productLine, sequence: index.sequence, revoked: [])
    }

    private func index(_ sequence: UInt64, line: String = "kubernetes") throws -> BundleIndex {
        var index = try Fixture.index()
        index.sequence = sequence
        index.productLine = line
        return index
    }
}

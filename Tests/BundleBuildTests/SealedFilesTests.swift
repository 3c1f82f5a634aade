import Host
import SystemPackage
import TestSupport
import Testing

@testable import BundleBuild

#if canImport(Glibc)
    import Glibc
#endif

struct SealedFilesTests {
    @Test func everythingTakesItsPlaceAndWhatIsNoMoreGoes() throws {
        let scratch = try ScratchFolder()
        let folder = scratch.path.appending("sealed")
        try FileSystem.makeDirectories(folder)
        let output = scratch.path.appending("k8s.run")
        let names = ["k8s.run", "k8s.run.sha256", "k8s.run.sha256.sig", "k8s.run.lock.json"]
        for name in names { try AtomicFile.write(Array("old".utf8), to: scratch.path.appending(name)) }
        // Unsigned this time.
        for name in names where !name.hasSuffix(".sig") {
            try AtomicFile.write(Array("new \(name)".utf8), to: folder.appending(name))
        }
        let files = SealedFiles(for: output, in: folder)
        #expect(files.bundle == folder.appending("k8s.run"))
        try files.move(to: output)
        #expect(try FileSystem.list(folder).allSatisfy { $0.hasSuffix(".old") })
        #expect(try FileSystem.text(output) == "new k8s.run")
        #expect(try FileSystem.text(scratch.path.appending("k8s.run.sha256")) == "new k8s.run.sha256")
        #expect(try FileSystem.text(scratch.path.appending("k8s.run.lock.json")) == "new k8s.run.lock.json")
        #expect(!FileSystem.exists(scratch.path.appending("k8s.run.sha256.sig")))
    }

    /// The content of every file of a folder, by name.
    private func contents(_ folder: FilePath) throws -> [String: String] {
        var contents: [String: String] = [:]
        for name in try FileSystem.list(folder) {
            let path = folder.appending(name)
            guard try FileSystem.status(path)?.kind == .file else { continue }
            contents[name] = try FileSystem.text(path)
        }
        return contents
    }

    @Test func allIsAsItWasWhereTheLastCannotTakeItsPlace() throws {
        let scratch = try ScratchFolder()
        let folder = scratch.path.appending("sealed")
        let output = scratch.path.appending("k8s.run")
        // A folder with something in it, which even root cannot rename a file over.
        for path in [folder, output.appending("kept")] { try FileSystem.makeDirectories(path) }
        // It had a signature and no lock, and will have a lock and no signature.
        for name in ["k8s.run.sha256", "k8s.run.sha256.sig"] {
            try AtomicFile.write(Array("old".utf8), to: scratch.path.appending(name))
        }
        for name in ["k8s.run", "k8s.run.sha256", "k8s.run.lock.json"] {
            try AtomicFile.write(Array("new".utf8), to: folder.appending(name))
        }
        let before = try contents(scratch.path)
        #expect(before.count == 2)
        #expect(throws: HostError.system("replace", path: output.string, errno: EISDIR)) {
            try SealedFiles(for: output, in: folder).move(to: output)
        }
        #expect(try contents(scratch.path) == before)
        #expect(try FileSystem.list(output) == ["kept"])
    }

    /// Of several bundles.
    @Test func whatCannotBeRenamedTakesTheOthersBack() throws {
        let scratch = try ScratchFolder()
        let folders = [scratch.path.appending("one"), scratch.path.appending("two")]
        for folder in folders {
            try FileSystem.makeDirectories(folder)
            try AtomicFile.write(Array("new".utf8), to: folder.appending("k8s.run"))
        }
        let outputs = [
            scratch.path.appending("k8s-amd64.run"), scratch.path.appending("missing").appending("k8s-arm64.run"),
        ]
        try AtomicFile.write(Array("old".utf8), to: outputs[0])
        let before = try contents(scratch.path)
        let moves = zip(folders, outputs).map { Replacement.Move(from: $0.appending("k8s.run"), to: $1) }
        #expect(throws: HostError.system("rename", path: outputs[1].string, errno: ENOENT)) {
            try Replacement(moves: moves).make()
        }
        #expect(try contents(scratch.path) == before)

        // A bundle that somebody took away meanwhile is no reason to remove the earlier one.
        let lost = Replacement.Move(from: folders[1].appending("lost"), to: outputs[0])
        #expect(throws: HostError.system("rename", path: outputs[0].string, errno: ENOENT)) {
            try Replacement(moves: [lost]).make()
        }
        #expect(try contents(scratch.path) == before)
    }
}

import Host
import SystemPackage
import TestSupport
import Testing

@testable import BundleBuild

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
        #expect(try FileSystem.list(folder) == [])
        #expect(try FileSystem.text(output) == "new k8s.run")
        #expect(try FileSystem.text(scratch.path.appending("k8s.run.sha256")) == "new k8s.run.sha256")
        #expect(try FileSystem.text(scratch.path.appending("k8s.run.lock.json")) == "new k8s.run.lock.json")
        #expect(!FileSystem.exists(scratch.path.appending("k8s.run.sha256.sig")))
    }
}

import BundleModel
import FoundationEssentials
import Host
import SystemPackage
import TestSupport
import Testing

@testable import BundleBuild

struct NewFilesTests {
    private func refusal(of output: FilePath) throws -> BundleBuildError? {
        let scratch = try ScratchFolder()
        return #expect(throws: BundleBuildError.self) {
            try NewFiles.requireSpace(.max, in: scratch.path, for: output)
        }
    }

    @Test(arguments: ["k8s.run", "./k8s.run"])
    func aFolderThatIsTooSmallIsNamedInFull(_ output: String) throws {
        let error = try refusal(of: FilePath(output))
        let here = try FileSystem.resolvingLinks(FilePath(FileManager.default.currentDirectoryPath))
        #expect(error?.message.hasPrefix("\(here) has ") == true, "\(error?.message ?? "")")
        #expect(error?.category == .noSpace)
    }

    @Test func theFolderIsTheOneThatALinkLeadsTo() throws {
        let scratch = try ScratchFolder()
        let (disk, link) = (scratch.file("disk"), scratch.file("link"))
        try FileSystem.makeDirectories(disk)
        try FileManager.default.createSymbolicLink(atPath: link.string, withDestinationPath: "disk")
        let place = try FileSystem.resolvingLinks(disk)
        let error = try refusal(of: link.appending("k8s.run"))
        #expect(error?.message.hasPrefix("\(place) has ") == true, "\(error?.message ?? "")")
    }
}

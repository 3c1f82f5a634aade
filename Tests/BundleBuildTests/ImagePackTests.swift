import Archive
import BundleBuild
import BundleModel
import Host
import SystemPackage
import TestSupport
import Testing
import UpstreamTestSupport

#if canImport(Glibc)
    import Glibc
#endif

@Suite(.enabled(if: access("/usr/bin/skopeo", X_OK) == 0, "SKIPPED: needs skopeo"))
struct ImagePackTests {
    @Test func layoutOfTwoImagesIsOneThatSkopeoReads() async throws {
        let scratch = try ScratchFolder()
        let upstream = try await UpstreamFolder(scratch.path.appending("upstream"))
        let provider = FolderImages(folder: upstream.path.appending("images"))
        var images: [ObtainedImage] = []
        for name in ["k8s.gcr.io/pause:3.2", "k8s.gcr.io/etcd:3.4.13-0"] {
            let image = try await provider.obtain(
                ImageReference(name), pinned: nil, architecture: .amd64, progress: SilentProgress())
            #expect(try await provider.size(of: image.reference, architecture: .amd64) == image.size)
            images.append(image)
        }
        let layout = scratch.path.appending("layout")
        for member in try ImagePack.members(of: images) {
            let path = layout.pushing(FilePath(member.path))
            try FileSystem.makeDirectories(path.removingLastComponent())
            switch member {
            case .bytes(_, _, let bytes): try AtomicFile.write(bytes, to: path)
            case .file(_, _, let source): try AtomicFile.write(try FileSystem.read(source), to: path)
            case .directory, .symlink: Issue.record("unexpected \(member)")
            }
        }
        for image in images {
            let said = try await SystemProcessRunner().require(
                Command(
                    "skopeo",
                    ["inspect", "--format", "{{.Digest}}", "oci:\(layout):\(try #require(image.reference.tag))"]))
            #expect(said.standardOutput.hasPrefix(image.manifest.description))
        }
    }
}

import BundleModel
import Testing

@testable import InstallCore

struct PinnedImagesTests {
    @Test(arguments: [
        ("1.20.2", "1.6.20", false), ("1.20.2", "1.7.24", false), ("1.28.1", "1.7.24", false),
        ("1.28.2", "1.7.2", false), ("1.28.2", "1.7.3", true), ("1.33.6", "2.1.9", true),
    ])
    func imagesAreCollectedOnlyWherePinnedOnesAreSpared(_ kubelet: String, _ containerd: String, _ spares: Bool)
        throws
    {
        let found = KubeadmTool.sparesPinnedImages(
            kubelet: try SemanticVersion(kubelet), containerd: try SemanticVersion(containerd))
        #expect(found == spares)
    }
}

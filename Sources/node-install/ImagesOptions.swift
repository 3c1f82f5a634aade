import ArgumentParser
import BundleModel
import CLISupport
import Host
import InstallCore
import Logging
import Payload
import SystemPackage

/// Which images of which bundle, and which containerd.
struct ImagesOptions: ParsableArguments {
    @Option(help: "The bundle. Default: the one that this program carries.")
    var bundle: String?

    @Option(help: "Whose images: master for all of them, or worker.")
    var role: NodeRole = .master

    @Option(help: "containerd's socket.")
    var socket = ContainerdPlace.defaultSocket

    @Option(help: "containerd's namespace; Kubernetes' is k8s.io.")
    var namespace = ContainerdPlace.kubernetes

    @Option(help: "How images get into containerd: auto, direct or ctr. Default: as the node was installed, or auto.")
    var imageLoader: ImageLoaderChoice?

    @OptionGroup var trusted: BundleTrustOptions

    @Option(help: "How to print results: text or json.")
    var format: OutputFormat = .text

    @Option(help: "How to show progress: auto, tty, plain, json or none.")
    var progress: ProgressStyle = .auto

    @OptionGroup var logging: SessionLogging

    /// - Throws: what is said of a bundle that is damaged or not believed.
    func delivery() throws -> ImageDelivery {
        try Privilege.requireRoot()
        let file = try InstallBundle.open(bundle)
        _ = try trusted.decide(file)
        let context = try InstallSession.context(progress: progress, logging: logging, writesLog: false)
        return ImageDelivery(
            BundleImages(InstallBundle(file: file), role: role),
            to: ContainerdPlace(socket: socket, namespace: namespace), by: imageLoader, context: context)
    }
}

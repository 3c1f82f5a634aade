import ArgumentParser

/// `node-install images`: a bundle's images and a containerd, without the rest of an installation.
struct ImagesCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "images",
        abstract: "Loads a bundle's images into a containerd that runs, or looks for them there.",
        discussion: """
              node-install images check --bundle k8s.run --trusted-key release.pub
              node-install images load --bundle k8s.run --trusted-key release.pub --role worker
            """,
        subcommands: [ImagesLoad.self, ImagesCheck.self])
}

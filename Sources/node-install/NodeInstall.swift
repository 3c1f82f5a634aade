import ArgumentParser
import InstallCore

struct NodeInstall: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node-install",
        abstract: "Makes this machine a Kubernetes node from a bundle, without a network.",
        discussion: """
            A bundle that carries this program is run itself:
              ./k8s-v1.33.6.run --role master --trusted-key SHA256:…
              ./k8s-v1.33.6.run --role worker --join @invite --trusted-key SHA256:…
            An interrupted run is started again with the same command, and goes on.
            """,
        version: VersionCommand.text,
        subcommands: [
            InstallCommand.self, VerifyCommand.self, StatusCommand.self, ResetCommand.self, ImagesCommands.self,
            Trust.self,
            StepsCommand.self, VersionCommand.self,
        ] + ServiceCommands.all,
        defaultSubcommand: InstallCommand.self)
}

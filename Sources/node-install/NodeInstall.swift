import ArgumentParser

@main
struct NodeInstall: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node-install", abstract: "Installs a node from a bundle.")
}

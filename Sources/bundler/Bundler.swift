import ArgumentParser

@main
struct Bundler: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "bundler", abstract: "Makes signed offline bundles.")
}

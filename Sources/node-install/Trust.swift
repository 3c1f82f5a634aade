import ArgumentParser

/// `node-install trust`: the keys that this node believes.
struct Trust: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Changes which keys this node trusts, on the word of one that it trusts.",
        discussion: "  node-install trust apply statement.json --trusted-key release.pub",
        subcommands: [TrustApply.self])
}

import ArgumentParser

/// `node-install token`: invites.
struct Token: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Makes, lists and revokes invites. On a master.",
        discussion: "  node-install token create --role worker --ttl 2h --output invite",
        subcommands: [TokenCreate.self, TokenList.self, TokenRevoke.self])
}

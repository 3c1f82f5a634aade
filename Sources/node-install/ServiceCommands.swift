import ArgumentParser

/// The commands of the node's services: what systemd starts, and what hands out invites.
enum ServiceCommands {
    static let all: [any ParsableCommand.Type] = []
}

import ArgumentParser

/// What NodeServices brings to the command line.
enum ServiceCommands {
    static let all: [any ParsableCommand.Type] = [
        Token.self, IdShow.self, Proxy.self, JoinServe.self, Routes.self,
    ]
}

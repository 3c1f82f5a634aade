import ArgumentParser
import CLISupport

struct Completions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Print a shell's completions for this program.",
        discussion: """
              source <(bundler completions bash)
              bundler completions zsh > ~/.zfunc/_bundler
              bundler completions fish > ~/.config/fish/completions/bundler.fish

            'node-install --generate-completion-script SHELL' prints those of the other program.
            """)

    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash
        case zsh
        case fish

        var parserName: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    func run() async throws {
        await CommandRunner.run { try StandardStreams.writeOutput(Bundler.completionScript(for: shell.parserName)) }
    }
}

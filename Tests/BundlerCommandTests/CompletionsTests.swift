import BundleModel
import Host
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// `bundler completions`, tried in the shells that are here.
struct CompletionsTests {
    private static let shells = [("bash", "/bin/bash"), ("zsh", "/usr/bin/zsh"), ("fish", "/usr/bin/fish")]

    private func script(_ shell: String) async throws -> CommandResult {
        try await SystemProcessRunner().run(Command(CommandBench.bundler, ["completions", shell]))
    }

    @Test(arguments: shells)
    func theScriptIsOneOfThatShell(_ shell: String, _ program: String) async throws {
        let result = try await script(shell)
        #expect(result.status == 0 && result.standardError.isEmpty)
        #expect(result.standardOutput.contains("keygen"))
        guard access(program, X_OK) == 0 else { return }
        try await SystemProcessRunner().require(
            Command("sh", ["-c", "\"$1\" completions \"$2\" | \"$3\" -n", "sh", CommandBench.bundler, shell, program]))
    }

    @Test func bashCompletesCommandsOptionsAndFiles() async throws {
        let complete = """
            source <("$1" completions bash)
            set -- $(complete -p bundler)
            while [ "$1" != -F ]; do shift; done
            function=$2
            try() {
                COMP_LINE="bundler $*"
                COMP_POINT=${#COMP_LINE} COMP_WORDS=(bundler "$@") COMP_CWORD=$# COMP_TYPE=9 COMP_KEY=9 COMPREPLY=()
                "$function" bundler "${@: -1}" "${COMP_WORDS[-2]}"
                printf '%s\\n' "${COMPREPLY[@]}"
            }
            try key
            try make --unsig
            try make -f /etc/passw
            try verify /etc/passw
            """
        let result = try await SystemProcessRunner().require(
            Command("bash", ["-c", complete, "bash", CommandBench.bundler]))
        let words = result.standardOutput.split(whereSeparator: \.isWhitespace)
        #expect(words.contains("keygen"), "\(result.standardOutput)")
        #expect(words.contains("--unsigned"), "\(result.standardOutput)")
        #expect(words.filter { $0 == "/etc/passwd" }.count == 2, "\(result.standardOutput)")
    }

    @Test func anUnknownShellIsAUsageError() async throws {
        let result = try await script("csh")
        #expect(result.status == DiagnosticCategory.usage.exitCode)
        #expect(result.standardOutput.isEmpty)
    }
}

import CLISupport
import Host
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// The value of `--join`: where the invite is, or the invite itself.
enum JoinArgument {
    /// What may be printed of it: where the invite is, never the invite.
    static func shown(_ argument: String) -> String {
        argument.hasPrefix("@") || ["-", "prompt"].contains(argument) ? argument : "an invite"
    }

    /// Whether reading it waits until somebody types the invite.
    static func asks(_ argument: String) -> Bool {
        argument == "prompt" || argument == "-" && isatty(STDIN_FILENO) == 1
    }

    /// - Returns: the invite's text, without surrounding blanks.
    static func read(_ argument: String) throws -> String {
        let text: String
        switch argument {
        case "-", "prompt":
            if asks(argument) { StandardStreams.writeError("invite: ") }
            text = readLine() ?? ""
        case _ where argument.hasPrefix("@"):
            let file = FilePath(String(argument.dropFirst()))
            text = String(decoding: try FileSystem.readInput(file, limit: 1 << 16), as: UTF8.self)
        default:
            StandardStreams.writeError(
                "warning: an invite on the command line is seen in ps and in the shell's history; "
                    + "--join @FILE is safer\n")
            text = argument
        }
        return text.trimmed
    }
}

extension String {
    /// Without white space and newlines at both ends.
    fileprivate var trimmed: String {
        let start = drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}

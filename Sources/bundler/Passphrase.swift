import BundleBuild
import FoundationEssentials
import Host
import Signing
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Where passphrases come from: a file, the environment, the terminal.
enum Passphrase {
    static let variable = "KUBEFERRY_PASSPHRASE"

    /// - Returns: nil when neither a file nor the environment gives one; empty when the variable is.
    static func given(file: String?) throws -> String? {
        guard let file else { return ProcessInfo.processInfo.environment[variable] }
        let content = String(decoding: try FileSystem.readInput(FilePath(file), limit: 1 << 16), as: UTF8.self)
        guard let line = content.split(whereSeparator: \.isNewline).first, !line.isEmpty else {
            throw BundleBuildError.badOption("--passphrase-file", value: file, expected: "a file with a first line")
        }
        return String(line)
    }

    /// Asks on the terminal without showing what is typed.
    ///
    /// - Returns: nil where there is no terminal, or nothing was typed.
    static func prompt(_ text: String) throws -> String? {
        guard let terminal = fopen("/dev/tty", "r+") else { return nil }
        defer { fclose(terminal) }
        let descriptor = fileno(terminal)
        var before = termios()
        guard tcgetattr(descriptor, &before) == 0 else { return nil }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(descriptor, TCSAFLUSH, &silent)
        defer {
            tcsetattr(descriptor, TCSAFLUSH, &before)
            fputs("\n", terminal)
            fflush(terminal)
        }
        fputs(text, terminal)
        fflush(terminal)
        var buffer = [CChar](repeating: 0, count: 1024)
        guard fgets(&buffer, Int32(buffer.count), terminal) != nil else { return nil }
        let line = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let typed = line.hasSuffix("\n") ? String(line.dropLast()) : line
        return typed.isEmpty ? nil : typed
    }

    /// Asks twice.
    ///
    /// - Throws: when there is no terminal, nothing was typed, or the two differ.
    static func promptForNew() throws -> String {
        guard let first = try prompt("New passphrase: ") else {
            throw BundleBuildError.badOption(
                "passphrase", value: "",
                expected: "one on the terminal, by --passphrase-file, in \(variable), or --no-passphrase")
        }
        // Before it is typed a second time.
        try SigningKey.requireStrong(first)
        guard try prompt("The same again: ") == first else {
            throw BundleBuildError.badOption("passphrase", value: "…", expected: "the same text twice")
        }
        return first
    }
}

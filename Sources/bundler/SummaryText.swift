import BundleBuild
import BundleModel
import CLISupport

/// What a person reads when `make` is done, with the next command.
struct SummaryText {
    let text: String

    init(_ summary: MakeSummary) {
        var table = TextTable(["PACK", "SIZE", "UNPACKED", "FOR WORKERS", "MEMORY"])
        for pack in summary.packs {
            table.add([
                pack.name, ByteCount.text(pack.size), ByteCount.text(pack.uncompressedSize),
                pack.workerSize.map(ByteCount.text) ?? "all",
                ByteCount.text(pack.memory),
            ])
        }
        let key = summary.keyFingerprint.map(KeyFingerprint.text) ?? "none: unsigned"
        var text = """
            made        \(summary.file)
            content     Kubernetes \(summary.kubernetes), containerd \(summary.containerd), \
            \(summary.architecture.rawValue), \(summary.status.rawValue)
            size        \(ByteCount.text(summary.size))\(Self.omission(summary))
            took        \(ByteCount.duration(summary.seconds))
            key         \(key)
            release     \(summary.releaseID.hex)
            beside it   \(summary.companions.joined(separator: " "))


            """
        text += table.text + "\n"
        text += summary.notes.map { "note: \($0)\n" }.joined()
        self.text = text + Self.next(summary)
    }

    private static func omission(_ summary: MakeSummary) -> String {
        guard let base = summary.base, let size = summary.omittedSize else { return "" }
        return "\ndelta       without \(ByteCount.text(size)) that nodes have of \(base.text)"
    }

    /// The exact commands, each on a line of its own to be copied.
    private static func next(_ summary: MakeSummary) -> String {
        let file = ShellWord.text(summary.file)
        guard let fingerprint = summary.keyFingerprint else {
            return """
                next: sign it, where the key is, and put the signature in
                  bundler inspect \(file) --extract-index index
                  bundler sign index/bundle.json --key KEY --output index
                  bundler attach \(file) --signature index/KEYID.sig --public-key index/KEYID.pub

                """
        }
        let name = summary.file.split(separator: "/").last.map(String.init) ?? summary.file
        let trust = "--trusted-key \(KeyFingerprint.text(fingerprint))"
        let program =
            summary.selfExtracting ? ShellWord.text("./\(name)") : "node-install --bundle \(ShellWord.text(name))"
        return """
            next: carry \(summary.selfExtracting ? "it" : "it and node-install") to the first master; as root there, \
            once the key is the one you expect
              \(program) --role master \(trust)

            """
    }
}

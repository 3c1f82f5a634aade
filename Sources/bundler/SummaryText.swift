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
            size        \(ByteCount.text(summary.size))
            took        \(ByteCount.duration(summary.seconds))
            key         \(key)
            release     \(summary.releaseID.hex)
            beside it   \(summary.companions.joined(separator: " "))


            """
        text += table.text + "\n"
        text += summary.notes.map { "note: \($0)\n" }.joined()
        self.text = text + "next: " + Self.next(summary) + "\n"
    }

    private static func next(_ summary: MakeSummary) -> String {
        guard let fingerprint = summary.keyFingerprint else {
            return "bundler inspect \(summary.file) --extract-index index, then sign index/bundle.json and attach it"
        }
        let name = summary.file.split(separator: "/").last.map(String.init) ?? summary.file
        let trust = "--trusted-key \(KeyFingerprint.text(fingerprint))"
        return summary.selfExtracting
            ? "carry it to the node, then as root: ./\(name) --role master \(trust)"
            : "carry it and node-install to the node, then as root: node-install --bundle \(name) --role master \(trust)"
    }
}

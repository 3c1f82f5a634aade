/// The output of `ctr images check`: a line per image with name, type, digest, state, size and whether it is unpacked.
struct ImageTable: Hashable, Sendable {
    /// Digests of images whose content is all there, by name.
    let complete: [String: String]
    /// Names of those that are unpacked too.
    let unpacked: Set<String>

    init(_ text: String) {
        var complete: [String: String] = [:]
        var unpacked: Set<String> = []
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count >= 5, let digest = fields.first(where: { $0.hasPrefix("sha256:") }),
                fields.contains("complete")
            else { continue }
            complete[String(fields[0])] = String(digest)
            if fields.last == "true" { unpacked.insert(String(fields[0])) }
        }
        self.complete = complete
        self.unpacked = unpacked
    }

    /// The digest of an image that is complete and unpacked.
    func digest(_ name: String) -> String? { unpacked.contains(name) ? complete[name] : nil }
}

/// The output of `ctr images check`: a line per image with name, type, digest, state, size and whether it is unpacked.
struct ImageTable: Hashable, Sendable {
    /// Digests of complete, unpacked images by name.
    let digests: [String: String]

    init(_ text: String) {
        var digests: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count >= 5, let digest = fields.first(where: { $0.hasPrefix("sha256:") }),
                fields.contains("complete"), fields.last == "true"
            else { continue }
            digests[String(fields[0])] = String(digest)
        }
        self.digests = digests
    }
}

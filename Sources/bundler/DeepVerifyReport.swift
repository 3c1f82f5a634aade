import BundleBuild
import CLISupport

/// `verify --format json`.
struct DeepVerifyReport: Encodable {
    let report: VerifyReport
    /// Nil without `--deep`.
    let deep: DeepSummary?

    private enum CodingKeys: CodingKey {
        case deep
    }

    func encode(to encoder: any Encoder) throws {
        try report.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(deep, forKey: .deep)
    }

    var text: String {
        guard let deep else { return report.text }
        return report.text + """
            unpacked   \(deep.members) members, \(ByteCount.text(deep.bytes)), each as signed
            images     \(deep.images) whole, \(deep.layers) layers as their configs say
            packages   \(deep.packages) as in the lock

            """
    }
}

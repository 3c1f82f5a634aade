import BundleBuild

/// `make --format json` for several architectures.
struct MakeSummaries: Codable {
    var schemaVersion = 1
    /// In the order of the architectures' names.
    var bundles: [MakeSummary]
}

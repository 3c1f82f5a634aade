/// What an image runs on, in the words of Go's GOOS and GOARCH. `description`: `linux/amd64`.
public struct OCIPlatform: Codable, Hashable, Sendable, CustomStringConvertible {
    public var os: String
    public var architecture: String
    /// `v8`: what an image needs of a processor besides its architecture.
    public var variant: String?

    public init(os: String, architecture: String, variant: String? = nil) {
        self.os = os
        self.architecture = architecture
        self.variant = variant
    }

    /// Linux on a processor.
    public init(_ architecture: CPUArchitecture) {
        self.init(os: "linux", architecture: architecture.rawValue)
    }

    public var description: String { "\(os)/\(architecture)" }

    /// How much of a processor an image for this needs: 0 for what each of its architecture has, and `v2` less than `v3`.
    var demand: Int {
        // Every arm64 is a v8, every amd64 a v1.
        let least = ["arm64": 8, "amd64": 1][architecture] ?? 0
        guard let variant, variant.hasPrefix("v") else { return 0 }
        let parts = variant.dropFirst().split(separator: ".").map { Int($0) ?? 0 }
        return max(0, (parts.first ?? 0) - least) * 100 + (parts.dropFirst().first ?? 0)
    }

    /// Whether an image for this runs where one for `wanted` does.
    public func serves(_ wanted: OCIPlatform) -> Bool {
        os == wanted.os && architecture == wanted.architecture
    }
}

/// What an image runs on, in the words of Go's GOOS and GOARCH. `description`: `linux/amd64`.
public struct OCIPlatform: Codable, Hashable, Sendable, CustomStringConvertible {
    public var os: String
    public var architecture: String
    /// `v8`; nothing here chooses by it.
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

    /// Whether an image for this runs where one for `wanted` does.
    public func serves(_ wanted: OCIPlatform) -> Bool {
        os == wanted.os && architecture == wanted.architecture
    }
}

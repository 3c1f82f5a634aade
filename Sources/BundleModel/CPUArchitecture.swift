/// A processor architecture, by the name that Kubernetes, OCI and Debian share.
public enum CPUArchitecture: String, Codable, CaseIterable, Sendable {
    case amd64
    case arm64
}

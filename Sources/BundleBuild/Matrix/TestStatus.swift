/// How far a row of the matrix is tested by this project.
public enum TestStatus: String, Codable, CaseIterable, Sendable {
    /// Installed to Ready on real nodes by this project's own tests.
    case runHere = "run-here"
    /// Plans and generated configuration are compared with golden files; never run.
    case goldenOnly = "golden-only"
    /// Upstream publishes it; nothing here tests it.
    case publishedOnly = "published-only"

    private var rank: Int {
        switch self {
        case .runHere: 0
        case .goldenOnly: 1
        case .publishedOnly: 2
        }
    }

    /// A combination is tested as well as its least tested part.
    public static func weakest(_ all: [TestStatus]) -> TestStatus {
        all.max { $0.rank < $1.rank } ?? .publishedOnly
    }
}

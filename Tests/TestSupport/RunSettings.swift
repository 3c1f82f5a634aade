#if canImport(Glibc)
    import Glibc
#endif

/// What this run is to do.
public enum RunSettings {
    /// With KUBEFERRY_E2E everything that tests need must be there: what keeps them from running is a failure.
    public static var isRequired: Bool { getenv("KUBEFERRY_E2E") != nil }

    /// `make test-long` runs whole matrices, `make test` a seeded sample of them.
    public static var isLong: Bool { getenv("KUBEFERRY_LONG") != nil }

    /// Printed, so that a failing sample can be run again with KUBEFERRY_SEED.
    public static let seed: UInt64 = {
        let given = getenv("KUBEFERRY_SEED").flatMap { UInt64(String(cString: $0)) }
        let seed = given ?? UInt64.random(in: 1...999_999)
        print("KUBEFERRY_SEED=\(seed)")
        return seed
    }()
}

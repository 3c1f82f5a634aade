#if canImport(Glibc)
    import Glibc
#endif

/// What this run may and shall do.
enum RunSettings {
    static var nodesArePossible: Bool {
        getuid() == 0 && getenv("KUBEFERRY_E2E") != nil && access("/usr/bin/systemd-nspawn", X_OK) == 0
    }

    /// `make test-long` runs the whole matrices, `make test` a seeded sample of them.
    static var isLong: Bool { getenv("KUBEFERRY_LONG") != nil }

    /// Printed, so that a failing sample can be run again with KUBEFERRY_SEED.
    static let seed: UInt64 = {
        let given = getenv("KUBEFERRY_SEED").flatMap { UInt64(String(cString: $0)) }
        let seed = given ?? UInt64.random(in: 1...999_999)
        print("end to end: KUBEFERRY_SEED=\(seed)")
        return seed
    }()
}

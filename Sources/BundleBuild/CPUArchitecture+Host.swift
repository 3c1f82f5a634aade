import BundleModel

extension CPUArchitecture {
    /// Of the machine that this program was compiled for.
    static var host: CPUArchitecture {
        #if arch(arm64)
            .arm64
        #else
            .amd64
        #endif
    }
}

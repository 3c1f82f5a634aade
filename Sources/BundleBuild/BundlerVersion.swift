public import BundleModel

/// The version of this bundler, which a lock pins.
public enum BundlerVersion {
    public static let current = SemanticVersion(0, 1, 0)
}

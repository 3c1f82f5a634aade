import BundleModel

extension RequestFile {
    /// What `bundler init` writes: every key with a comment, those that are not needed as comments.
    ///
    /// - Throws: `BundleBuildError.unknownSelection` when the matrix has no stable version.
    public static func template(_ matrix: VersionMatrix) throws(BundleBuildError) -> String {
        let version = try matrix.kubernetes(selected: .stable)
        return String(decoding: PackageResources.bundle_yaml, as: UTF8.self)
            .split(separator: "{kubernetes}", omittingEmptySubsequences: false)
            .joined(separator: version.tag)
    }
}

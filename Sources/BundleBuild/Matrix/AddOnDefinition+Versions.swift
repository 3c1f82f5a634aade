extension AddOnDefinition {
    /// The version that a choice means.
    ///
    /// - Parameters:
    ///   - version: a version, or the beginning of one up to a dot, which means the newest of that line. Nil: the newest
    ///     that is tested with the Kubernetes line, else the newest of all.
    ///   - kubernetesLine: `1.33`
    /// - Throws: `BundleBuildError.unknownAddOnVersion`.
    func row(_ version: String?, testedWith kubernetesLine: String) throws(BundleBuildError) -> VersionRow {
        let found =
            if let version {
                versions.last { $0.version == version } ?? versions.last { $0.version.hasPrefix("\(version).") }
            } else {
                versions.last { $0.isTested(with: kubernetesLine) } ?? versions.last
            }
        guard let found else {
            throw .unknownAddOnVersion(name, version: version ?? "", known: versions.map(\.version))
        }
        return found
    }
}

extension AddOnDefinition.VersionRow {
    func isTested(with kubernetesLine: String) -> Bool { kubernetes?.contains(kubernetesLine) ?? true }
}

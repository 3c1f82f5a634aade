import BundleBuild

extension SourceOptions {
    /// These options over what a bundle file says of addresses.
    func over(_ file: RequestFile) -> SourceOptions {
        var result = self
        result.source = Self.texts(file.sources, without: source) + source
        result.registryMirror = Self.texts(file.registryMirrors, without: registryMirror) + registryMirror
        if hostPackages.aptSource.isEmpty { result.hostPackages.aptSource = file.aptSources }
        if hostPackages.aptKeyring.isEmpty { result.hostPackages.aptKeyring = file.aptKeyrings }
        result.hostPackages.aptSnapshot = hostPackages.aptSnapshot ?? file.aptSnapshot
        result.hostPackages.package = file.packages + hostPackages.package
        return result
    }

    /// `NAME=URL` for each address of the names that the options do not have.
    private static func texts(_ addresses: [String: [String]], without options: [String]) -> [String] {
        let given = Set(options.compactMap { $0.split(separator: "=", maxSplits: 1).first.map(String.init) })
        return addresses.sorted { $0.key < $1.key }.filter { !given.contains($0.key) }.flatMap { name, urls in
            urls.map { "\(name)=\($0)" }
        }
    }
}

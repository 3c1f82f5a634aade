import BundleBuild

extension SourceOptions {
    /// These options over what a bundle file says of addresses.
    func over(_ file: RequestFile) -> SourceOptions {
        var result = self
        result.source = Self.texts(file.sources, without: source) + source
        result.registryMirror = Self.texts(file.registryMirrors, without: registryMirror) + registryMirror
        if aptSource.isEmpty { result.aptSource = file.aptSources }
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

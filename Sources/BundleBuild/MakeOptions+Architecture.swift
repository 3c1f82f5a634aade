public import BundleModel
public import SystemPackage

extension MakeOptions {
    /// Where the bundle of one of several architectures goes: `k8s.run` becomes `k8s-arm64.run`.
    public static func output(_ path: FilePath, for architecture: CPUArchitecture) -> FilePath {
        guard let name = path.lastComponent else { return path }
        // The end of a version is no extension.
        guard let ending = name.extension, ending.contains(where: \.isLetter) else {
            return path.removingLastComponent().appending("\(name.string)-\(architecture.rawValue)")
        }
        return path.removingLastComponent().appending("\(name.stem)-\(architecture.rawValue).\(ending)")
    }
}

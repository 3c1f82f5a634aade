/// Which of the package's own modules each target may import: docs/architecture.md as data.
enum Arrows {
    static let allowed: [String: Set<String>] = [
        "bundler": [
            "CLISupport", "BundleBuild", "Fetch", "Archive", "Signing", "Payload", "Host", "BundleModel",
        ],
        "node-install": [
            "CLISupport", "InstallCore", "NodeServices", "Archive", "Signing", "Payload", "Host", "BundleModel",
        ],
        "CLISupport": ["Host", "BundleModel"],
        "BundleBuild": ["Fetch", "Layers", "Archive", "Signing", "Payload", "Host", "BundleModel"],
        "Fetch": ["Signing", "Host", "BundleModel"],
        "InstallCore": ["Containerd", "Archive", "Signing", "Payload", "Host", "BundleModel"],
        "Containerd": ["Layers", "Archive", "Signing", "Host", "BundleModel"],
        "NodeServices": ["Signing", "Host", "BundleModel"],
        "Payload": ["Archive", "Signing", "Host", "BundleModel"],
        "Layers": ["Archive", "Signing", "Host", "BundleModel"],
        "Archive": ["CArchive", "CLzma", "CZstd", "Signing", "Host", "BundleModel"],
        "Signing": ["COpenSSL", "BundleModel"],
        "Host": ["CLinux", "BundleModel"],
        "BundleModel": [],
        "CLinux": [],
    ]

    /// The one wrapper of each C module.
    static let wrappers = [
        "CArchive": "Archive", "CLzma": "Archive", "CZstd": "Archive", "COpenSSL": "Signing", "CLinux": "Host",
    ]

    static var modules: Set<String> { Set(allowed.keys).union(wrappers.keys) }

    /// A target and all that it links, by the arrows.
    static func closure(of target: String) -> Set<String> {
        var reached: Set<String> = []
        var open = [target]
        while let next = open.popLast() {
            guard reached.insert(next).inserted else { continue }
            open += allowed[next] ?? []
        }
        return reached
    }
}

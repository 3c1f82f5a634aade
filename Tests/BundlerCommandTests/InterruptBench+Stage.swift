extension InterruptBench {
    /// Where a make is interrupted, in the order in which it comes there.
    enum Stage: String, CaseIterable {
        case fetch
        case pull
        case packages
        case listImages
        case charts
        case checkImages
        case pack
        case sign
        case write
        case seal

        /// The end of the path whose answer stops, or with a slash at its end a folder in it.
        var stalled: String? {
            switch self {
            case .fetch: "/amd64/kubelet"
            case .pull: "/blobs/"
            case .packages: ".deb"
            case .listImages, .charts, .checkImages, .pack, .sign, .write, .seal: nil
            }
        }

        /// How the task begins that reports its progress.
        var task: String? {
            switch self {
            case .checkImages: "check layers"
            case .pack: "pack node"
            case .write: "write bundle"
            case .fetch, .pull, .packages, .listImages, .charts, .sign, .seal: nil
            }
        }
    }
}

public import BundleModel

/// What can go wrong between this program and containerd.
public enum ContainerdError: Error, Equatable {
    /// Nothing answers at the socket.
    case unreachable(socket: String, reason: String)
    /// containerd refused a call: `Content.Write sha256:…`. `reason` is its own text.
    case refused(String, CallStatus, reason: String)
    /// Where the snapshotter keeps its files is not known, or not to be seen from here: they could not be synced.
    case hiddenFolder(snapshotter: String)
    /// An index, manifest or config that the loader cannot use.
    case unusableDocument(SHA256Digest, reason: String)
    /// Documents or layers that should be in the packs and are not.
    case missingFromPacks([String])
    /// What containerd unpacked is not what the image's config names.
    case wrongLayer(expected: SHA256Digest, actual: String)
    /// After everything was loaded, this is not there. Sentences.
    case incomplete([String])
    /// CRI, which kubelet asks, does not find these images, or finds others under their names. Sentences.
    case unseen([String])
}

extension ContainerdError: Diagnostic {
    public var category: DiagnosticCategory {
        switch self {
        case .unreachable: .stepFailed
        // containerd has no status of its own for a full disk, only strerror's words.
        case .refused(_, let status, let reason):
            status == .resourceExhausted || reason.contains("no space left on device") ? .noSpace : .stepFailed
        case .hiddenFolder: .stepFailed
        case .unusableDocument, .wrongLayer: .bundleDamaged
        case .missingFromPacks: .missingArtifact
        case .incomplete, .unseen: .stepFailed
        }
    }

    public var message: String {
        switch self {
        case .unreachable(let socket, let reason): "containerd does not answer at \(socket): \(reason)"
        case .refused(let call, let status, let reason): "containerd refused \(call) (\(status.rawValue)): \(reason)"
        case .hiddenFolder(let snapshotter): "the folder of containerd's snapshotter \(snapshotter) cannot be seen"
        case .unusableDocument(let digest, let reason): "image document \(digest): \(reason)"
        case .missingFromPacks(let names): "the bundle's image packs lack \(names.joined(separator: ", "))"
        case .wrongLayer(let expected, let actual): "a layer unpacked to \(actual), expected \(expected)"
        case .incomplete(let problems):
            "images are not complete after loading them: \(problems.joined(separator: "; "))"
        case .unseen(let problems):
            "containerd has the images, but Kubernetes does not find them: \(problems.joined(separator: "; "))"
        }
    }

    public var hint: String {
        switch self {
        case .unreachable: "look at 'systemctl status containerd'"
        case .refused:
            category == .noSpace
                ? "free space on containerd's file system and run the same command again"
                : "look at 'journalctl -u containerd'"
        case .hiddenFolder: "--image-loader ctr loads the images another way"
        case .unusableDocument, .wrongLayer, .missingFromPacks: "copy or fetch the bundle again"
        case .incomplete: "run the same command again; --image-loader ctr loads them another way"
        case .unseen: "restart containerd ('systemctl restart containerd') and run the same command again"
        }
    }
}

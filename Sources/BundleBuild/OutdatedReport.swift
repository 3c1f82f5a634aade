public import BundleModel

/// What has moved since a lock was written: newer patches, tags that name something else, packages of other versions.
public struct OutdatedReport: Codable, Hashable, Sendable {
    public static let currentSchemaVersion = 1

    public var schemaVersion: Int
    /// Whether anything is known to have moved.
    public var isOutdated: Bool
    /// When the locked bundle was made: RFC 3339, UTC.
    public var createdAt: String
    public var versions: [Version]
    /// In the lock's order.
    public var images: [Image]
    /// In the lock's order; empty when nobody asked for packages.
    public var packages: [Package]
    /// What a bundle file asks for now and the lock does not have, one line each; empty without a file.
    public var request: [String]

    /// - Parameters:
    ///   - tags: what each image's tag names now; images that are not in it are not looked at.
    ///   - archives: by operating system release, name → version of what its archive has now.
    ///   - request: by `LockCheck`.
    public init(
        _ lock: BundleLock, matrix: VersionMatrix, tags: [ImageReference: CurrentState<SHA256Digest>] = [:],
        archives: [String: CurrentState<[String: String]>] = [:], request: [String] = []
    ) {
        let versions = Self.versions(lock.release, matrix)
        let images = lock.lock.images.compactMap { image in tags[image.reference].map { Image(image, now: $0) } }
        let packages = lock.lock.artifacts.filter { $0.kind == .deb }.compactMap { package in
            archives[package.osRelease ?? ""].map { Package(package, now: $0) }
        }
        let states = versions.map(\.state) + images.map(\.state) + packages.map(\.state)
        schemaVersion = Self.currentSchemaVersion
        isOutdated = states.contains(.moved) || !request.isEmpty
        createdAt = lock.createdAt
        self.versions = versions
        self.images = images
        self.packages = packages
        self.request = request
    }

    public enum State: String, Codable, Sendable {
        case same
        case moved
        /// Cannot move: the lock's reference has a digest.
        case pinned
        /// `reason` says why.
        case unknown
    }

    public struct Version: Codable, Hashable, Sendable {
        /// `Kubernetes`, `containerd`, `calico`, an add-on's name.
        public var component: String
        public var locked: String
        /// The newest patch of the same line that the matrix knows; nil where it does not know the line.
        public var newest: String?
        public var state: State
    }

    public struct Image: Codable, Hashable, Sendable {
        public var reference: ImageReference
        public var locked: SHA256Digest
        /// What the tag names now; nil where nobody tells.
        public var now: SHA256Digest?
        public var state: State
        public var reason: String?

        init(_ image: LockedImage, now: CurrentState<SHA256Digest>) {
            reference = image.reference
            locked = image.digest
            switch now {
            case .known(let digest):
                self.now = digest
                state = image.reference.digest != nil ? .pinned : digest == image.digest ? .same : .moved
            case .unknown(let reason):
                state = image.reference.digest != nil ? .pinned : .unknown
                self.reason = image.reference.digest != nil ? nil : reason
            }
        }
    }

    public struct Package: Codable, Hashable, Sendable {
        public var osRelease: String
        public var name: String
        public var locked: String
        /// What the archive has; nil where it has none, or nobody tells.
        public var now: String?
        public var state: State
        public var reason: String?

        init(_ package: Artifact, now: CurrentState<[String: String]>) {
            osRelease = package.osRelease ?? ""
            name = package.name
            locked = package.version
            switch now {
            case .known(let versions):
                self.now = versions[package.name]
                state = self.now == package.version ? .same : .moved
            case .unknown(let reason):
                state = .unknown
                self.reason = reason
            }
        }
    }

    private static func versions(_ release: Release, _ matrix: VersionMatrix) -> [Version] {
        var versions = [
            version("Kubernetes", release.kubernetes, of: matrix.kubernetesVersions),
            version("containerd", release.containerd, of: matrix.containerdVersions),
            version("runc", release.runc, of: matrix.runc),
            version("CNI plugins", release.cniPlugins, of: matrix.cniPlugins),
            version("crictl", release.crictl, of: matrix.crictl),
        ]
        if let network = release.cni.version {
            let name = release.cni.kind.rawValue
            versions.append(
                release.cni.kind == .calico
                    ? version(name, network, of: matrix.calicoVersions)
                    : version(name, network.description, of: matrix.addOns.versions(of: name)))
        }
        for addOn in release.addOns ?? [] where addOn.version != AddOn.localVersion {
            versions.append(version(addOn.name, addOn.version, of: matrix.addOns.versions(of: addOn.name)))
        }
        return versions
    }

    private static func version(
        _ component: String, _ locked: SemanticVersion, of known: [SemanticVersion]
    ) -> Version {
        let newest = known.filter { $0.minorName == locked.minorName }.max()
        let state: State = newest.map { $0 > locked ? .moved : .same } ?? .unknown
        return Version(
            component: component, locked: locked.description, newest: newest?.description, state: state)
    }

    /// Of versions that need not be semantic: a line is all up to the last dot.
    ///
    /// - Parameter known: ascending.
    private static func version(_ component: String, _ locked: String, of known: [String]) -> Version {
        let line = locked.lastIndex(of: ".").map { locked[...$0] } ?? locked[...]
        let newest = known.last { $0.hasPrefix(line) }
        // A lock that a later bundler made may have one that this matrix does not know: nothing is older than that.
        let state: State = known.contains(locked) ? (newest == locked ? .same : .moved) : .unknown
        return Version(component: component, locked: locked, newest: newest, state: state)
    }
}

extension AddOnCatalog {
    /// Ascending; empty for a name that no add-on has.
    fileprivate func versions(of name: String) -> [String] {
        addOns.first { $0.name == name }?.versions.map(\.version) ?? []
    }
}

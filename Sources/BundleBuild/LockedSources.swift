public import BundleModel

/// How the sources of a lock's images and packages are now.
public enum LockedSources {
    /// Asks what each image's tag names. References with a digest name the same for ever: nobody is asked about them.
    ///
    /// - Throws: `CancellationError` only.
    public static func tags(
        _ lock: BundleLock, images: any ImageProvider
    ) async throws -> [ImageReference: CurrentState<SHA256Digest>] {
        try await withThrowingTaskGroup(of: (ImageReference, CurrentState<SHA256Digest>).self) { group in
            var answers: [ImageReference: CurrentState<SHA256Digest>] = [:]
            for (number, image) in lock.lock.images.enumerated() {
                // Four at a time, as for fetching: more invites 429.
                if number >= 4, let (reference, state) = try await group.next() { answers[reference] = state }
                let (reference, locked) = (image.reference, image.digest)
                group.addTask {
                    if reference.digest != nil { return (reference, .known(locked)) }
                    let state: CurrentState<SHA256Digest> = try await CurrentState.asking {
                        try await images.digest(of: reference, architecture: lock.architecture)
                    }
                    return (reference, state)
                }
            }
            return try await group.reduce(into: answers) { $0[$1.0] = $1.1 }
        }
    }

    /// Asks nobody.
    ///
    /// - Parameter reason: why.
    public static func tags(
        unknownFor lock: BundleLock, reason: String
    ) -> [ImageReference: CurrentState<SHA256Digest>] {
        Dictionary(lock.lock.images.map { ($0.reference, CurrentState<SHA256Digest>.unknown(reason: reason)) }) {
            first, _ in first
        }
    }

    /// Resolves the locked packages anew, each operating system release by itself. They are fetched by that.
    ///
    /// - Returns: by release, name → version.
    /// - Throws: `CancellationError` only.
    public static func packages(
        _ lock: BundleLock, packages: any PackageProvider, progress: any ProgressSink
    ) async throws -> [String: CurrentState<[String: String]>] {
        let debs = lock.lock.artifacts.filter { $0.kind == .deb }
        var answers: [String: CurrentState<[String: String]>] = [:]
        for osRelease in lock.osReleases {
            let names = debs.filter { $0.osRelease == osRelease }.map(\.name)
            answers[osRelease] = try await CurrentState.asking { () async throws -> [String: String]? in
                let found = try await packages.obtain(
                    names, osRelease: osRelease, architecture: lock.architecture, progress: progress)
                return Dictionary(found.map { ($0.name, $0.version) }) { first, _ in first }
            }
        }
        return answers
    }
}

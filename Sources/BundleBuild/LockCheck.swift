public import BundleModel

/// Whether a lock is kept: by the tools at hand, by what somebody asks for, and by the bundle that came out.
///
/// Differences are lines for people, each with what is and what was locked.
public struct LockCheck: Hashable, Sendable {
    private let lock: BundleLock

    public init(_ lock: BundleLock) {
        self.lock = lock
    }

    /// - Throws: `BundleBuildError.lockMismatch` with all differences.
    public static func require(_ differences: [String]) throws(BundleBuildError) {
        guard differences.isEmpty else { throw .lockMismatch(differences) }
    }

    /// What makes these tools and parameters unable to give the locked bytes; empty when they can.
    public func differences(from tools: Lock.Tools, _ compression: Compression) -> [String] {
        var lines = Lines()
        let (locked, pressed) = (lock.lock.tools, lock.lock.compression)
        lines.compare("bundler", locked.bundler, tools.bundler)
        lines.compare("node-install", locked.nodeInstall, tools.nodeInstall)
        lines.compare("libzstd", locked.libzstd, tools.libzstd)
        lines.compare("libarchive", locked.libarchive, tools.libarchive)
        lines.compare("compression", pressed.format.rawValue, compression.format.rawValue)
        if pressed.format == compression.format { lines.compare("liblzma", locked.liblzma, tools.liblzma) }
        lines.compare("compression level", pressed.level, compression.level)
        lines.compare("compression window", "2^\(pressed.windowLog)", "2^\(compression.windowLog)")
        return lines.all
    }

    /// Another base than the locked one, or one where there was none; empty for the same.
    public func differences(from base: Base?) -> [String] {
        var lines = Lines()
        lines.compare("index of the base", lock.base, base?.index)
        return lines.all
    }

    /// What a plan asks for and the lock does not have; empty when a bundle of that plan may be made of the lock.
    public func differences(from plan: BuildPlan) -> [String] {
        var lines = Lines()
        let (locked, asked) = (lock.release, plan.release)
        lines.compare("architecture", lock.architecture.rawValue, plan.architecture.rawValue)
        lines.compare("Kubernetes", locked.kubernetes, asked.kubernetes)
        lines.compare("containerd", locked.containerd, asked.containerd)
        lines.compare("runc", locked.runc, asked.runc)
        lines.compare("CNI plugins", locked.cniPlugins, asked.cniPlugins)
        lines.compare("crictl", locked.crictl, asked.crictl)
        lines.compare("pod network", Self.text(locked.cni), Self.text(asked.cni))
        lines.compare("OS releases", Self.text(lock.osReleases), Self.text(plan.osReleases))
        lines.compare("add-ons", Self.text(locked.addOns), Self.text(asked.addOns))
        for artifact in plan.artifacts {
            let entry = lock.lock.artifacts.first { $0.name == artifact.name && $0.kind == artifact.kind }
            lines.compare(artifact.name, entry?.version, "\(artifact.version)")
        }
        for chart in plan.allCharts {
            guard let entry = lock.lock.charts?.first(where: { $0.name == chart.name }) else {
                lines.add("chart \(chart.name) is not locked")
                continue
            }
            lines.compare("namespace of chart \(chart.name)", entry.namespace, chart.namespace)
            let other = Set(entry.settings.keys).union(chart.settings.keys)
                .filter { entry.settings[$0] != chart.settings[$0] }
            // Their values may be secrets.
            if !other.isEmpty { lines.add("chart \(chart.name) has other settings: \(Self.text(Array(other)))") }
        }
        let references = Set(lock.lock.images.map(\.reference))
        for image in plan.extraImages where !references.contains(image) { lines.add("image \(image) is not locked") }
        let original = lock.lock.images.filter { $0.layers == .original }.map(\.reference.description)
        lines.compare(
            "images with published layers", Self.text(original), Self.text(plan.originalLayers.map(\.description)))
        return lines.all
    }

    /// What came out otherwise, told from the first pack that did: the later ones may only follow from it.
    ///
    /// - Parameter digest: of the index's bytes.
    public func differences(from index: BundleIndex, digest: SHA256Digest) -> [String] {
        guard digest != lock.index else { return [] }
        var lines = Lines()
        let made = index.packs.map { BundleLock.LockedPack($0) }
        lines.compare("packs", Self.text(lock.packs.map(\.name)), Self.text(made.map(\.name)))
        if lines.all.isEmpty, let (locked, pack) = zip(lock.packs, made).first(where: { $0 != $1 }) {
            lines.compare("pack \(pack.name)", Self.text(locked), Self.text(pack))
        }
        if lines.all.isEmpty { lines.compare(BundleIndex.fileName, lock.index, digest) }
        return lines.all
    }

    /// What to say of a bundle with the locked index and packs; nil when its file is the locked one to the byte.
    public func note(signedBy key: SHA256Digest?) -> String? {
        guard key != lock.key else { return nil }
        let (signer, locked) = (key.map(KeyFingerprint.text) ?? "nobody", lock.key.map(KeyFingerprint.text) ?? "nobody")
        return "index and packs are the locked ones; the file is not: it is signed by \(signer), locked was \(locked)"
    }

    private struct Lines {
        private(set) var all: [String] = []

        /// A program is both a version of the release and an artifact: what differs in it is said once.
        mutating func add(_ line: String) {
            if !all.contains(line) { all.append(line) }
        }

        mutating func compare<Value: Equatable & CustomStringConvertible>(
            _ name: String, _ locked: Value?, _ actual: Value?
        ) {
            guard locked != actual else { return }
            add("\(name) is \(actual?.description ?? "none"), locked was \(locked?.description ?? "none")")
        }
    }

    private static func text(_ cni: CNI) -> String {
        cni.kind.rawValue + (cni.version.map { " \($0)" } ?? "")
    }

    private static func text(_ addOns: [AddOn]?) -> String {
        (addOns ?? []).isEmpty ? "none" : (addOns ?? []).map { "\($0.name) \($0.version)" }.joined(separator: ", ")
    }

    private static func text(_ names: [String]) -> String {
        names.isEmpty ? "none" : names.sorted().joined(separator: ", ")
    }

    private static func text(_ pack: BundleLock.LockedPack) -> String { "\(pack.digest) (\(pack.size) bytes)" }
}

/// What became of an image on one containerd: by its own import, or by a loader that must do the same.
public struct Reference: Sendable, Hashable {
    public enum Outcome: Sendable, Hashable {
        case loaded
        /// With the message.
        case refused(String)
    }

    public var outcome: Outcome
    /// After a garbage collection.
    public var state: ContainerdState
    /// The mounted image; nil where it was refused.
    public var merged: SnapshotListing?
    /// Each layer's own folder as it is on disk (whiteouts and opaque marks as overlayfs has them), bottom to top.
    public var layers: [SnapshotListing]

    /// Labels of image records and snapshots that only a loader of ours sets.
    public static let ownLabels: Set<String> = ["io.cri-containerd.pinned", "io.kubeferry.verified"]

    /// What the other (ours) has instead of this (containerd's own): a line for each difference, empty when equal.
    ///
    /// Where containerd refused, ours has to have refused too, and to have left nothing: containerd's own client leaves
    /// image records whose layers are not there.
    ///
    /// - Parameter ownLabels: labels of image records and snapshots that are not compared.
    public func differences(to other: Reference, ownLabels: Set<String> = Self.ownLabels) -> [String] {
        switch (outcome, other.outcome) {
        case (.refused, .refused): return other.state.isEmpty ? [] : ["refused, but left \(other.state)"]
        case (.refused(let message), .loaded): return ["containerd refuses (\(message)), ours loads"]
        case (.loaded, .refused(let message)): return ["containerd loads, ours refuses: \(message)"]
        case (.loaded, .loaded): break
        }
        var lines = state.without(ownLabels).differences(to: other.state.without(ownLabels))
        lines += (merged ?? SnapshotListing()).differences(to: other.merged ?? SnapshotListing())
        if layers.count != other.layers.count { lines.append("\(layers.count) layers → \(other.layers.count)") }
        for (number, (here, there)) in zip(layers, other.layers).enumerated() {
            lines += here.differences(to: there).map { "layer \(number): \($0)" }
        }
        return lines
    }
}

extension ContainerdState {
    func without(_ labels: Set<String>) -> ContainerdState {
        var state = self
        state.images = images.mapValues { record in
            var record = record
            record.labels = record.labels.filter { !labels.contains($0.key) }
            return record
        }
        state.snapshots = snapshots.mapValues { snapshot in
            var snapshot = snapshot
            snapshot.labels = snapshot.labels.filter { !labels.contains($0.key) }
            return snapshot
        }
        return state
    }
}

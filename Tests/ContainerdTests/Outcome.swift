import BundleModel
import ContainerdTestSupport
import Testing

extension Reference {
    /// Without what containerd's own client leaves where it refuses.
    var cleared: Reference {
        guard case .refused = outcome else { return self }
        var copy = self
        copy.state = ContainerdState()
        return copy
    }
}

/// What must hold for a reference, whatever loaded it.
func expectOutcome(_ reference: Reference, _ image: BuiltImage, _ version: ContainerdVersion) {
    let plan = image.plan
    switch (plan.outcome, reference.outcome) {
    case (.refused(let words), .refused(let message)):
        #expect(message.contains(words), "\(version), \(plan)")
        #expect(reference.merged == nil)
    case (.refused, .loaded):
        Issue.record("\(version) loads \(plan), which was expected to be refused")
    case (.loads, .refused(let message)):
        Issue.record("\(version) refuses \(plan): \(message)")
    case (.loads, .loaded):
        expectDiscardMode(reference, image, version)
        var check = ListingCheck(reference.merged ?? SnapshotListing())
        plan.check(&check)
        #expect(check.problems == [], "\(version), \(plan)")
    }
}

/// Documents and snapshots are there with the labels that keep them, and no layer's blob is.
func expectDiscardMode(_ reference: Reference, _ image: BuiltImage, _ version: ContainerdVersion) {
    let state = reference.state
    let about: Comment = "\(version), \(image.plan)"
    #expect(Set(state.images.keys) == Set(image.references + ["\(image.config.digest)"]), about)
    for record in state.images.values {
        #expect(record.digest == "\(image.target.digest)", about)
        #expect(record.mediaType == image.target.mediaType, about)
        #expect(record.size == Int64(image.target.bytes.count), about)
    }
    #expect(Set(state.content.keys) == Set(image.documents.map { "\($0.digest)" }), about)
    #expect(Set(state.blobFiles) == Set(image.documents.map { $0.digest.hex }), about)
    let top = image.chainIDs.last.map { "\($0)" }
    #expect(
        state.content["\(image.config.digest)"] == (top.map { ["containerd.io/gc.ref.snapshot.overlayfs": $0] } ?? [:]),
        about)
    #expect(
        state.content["\(image.manifest.digest)"] == ["containerd.io/gc.ref.content.config": "\(image.config.digest)"],
        about)
    #expect(Set(state.snapshots.keys) == Set(image.chainIDs.map { "\($0)" }), about)
    #expect(state.snapshots.values.allSatisfy { $0.kind == .committed }, about)
    #expect(state.snapshotFolders == state.snapshots.count, about)
    #expect(state.leases == [] && state.writes == [] && state.openFiles == [], about)
    #expect(reference.layers.count == image.layers.count, about)
}

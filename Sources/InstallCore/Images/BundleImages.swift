import Archive
public import BundleModel

/// The images that nodes of one role load from a bundle, and the packs that have them.
public struct BundleImages: Sendable {
    let content: any BundleContent
    let role: NodeRole

    public init(_ content: any BundleContent, role: NodeRole) {
        self.content = content
        self.role = role
    }

    public var images: [LockedImage] {
        content.index.lock.images.filter { $0.roles.isEmpty || $0.roles.contains(role) }
    }

    /// Of the whole bundle: an image has the same names on all nodes.
    var claims: TagClaims { TagClaims(content.index.lock.images) }

    /// Images are for every operating system.
    public var packs: [Pack] {
        content.index.packs.filter { $0.content == .images && $0.selector.selects(role: role, osRelease: "") }
    }

    /// All that is read for them: what a pack continues is decoded before it.
    var packsRead: [Pack] {
        let before = Set(packs.compactMap(\.continues))
        return content.index.packs.filter { before.contains($0.name) } + packs
    }
}

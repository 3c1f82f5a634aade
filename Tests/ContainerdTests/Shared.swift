import ContainerdTestSupport

/// Two images with the lower one of their two layers in common.
enum Shared {
    static let base = ImagePlan.Layer([.file("base", "base"), .folder("d/", { $0.mode = 0o700 })])
    static let plans = [
        ImagePlan("shared-a", layers: [base, .init([.file("a", "a")])]).with { $0.target = .index },
        ImagePlan("shared-b", layers: [base, .init([.file("b", "b"), .file("d/.wh..wh..opq")])]),
    ]

    static func images() async throws -> [BuiltImage] {
        var images: [BuiltImage] = []
        for plan in plans { images.append(try await Fleet.current.image(plan)) }
        return images
    }

    /// Each image as containerd's own import makes it, alone on an instance, which is empty again afterwards.
    static func references(on instance: ContainerdInstance) async throws -> [Reference] {
        var references: [Reference] = []
        for image in try await images() {
            references.append(try await instance.reference(of: image))
            try await instance.clear()
        }
        return references
    }
}

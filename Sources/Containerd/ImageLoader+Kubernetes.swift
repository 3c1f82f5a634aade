import BundleModel

extension ImageLoader {
    /// How long CRI may take to hear of images: it takes a moment, and longer where the machine is busy.
    public static let kubernetesLimit: Duration = .seconds(60)

    /// Waits until CRI, which kubelet asks, finds the images under all their names and with their configs.
    ///
    /// CRI hears of image records a moment after they were made. Kubernetes that looks in between would ask a registry
    /// for them, and there is none. A containerd without CRI, or a namespace that is not CRI's, is not waited for.
    ///
    /// - Parameter images: those that containerd itself does not have are not waited for.
    /// - Throws: `ContainerdError.unseen` after `limit`.
    public func awaitKubernetes(_ images: [ImageToLoad], limit: Duration = kubernetesLimit) async throws {
        var wanted: [(name: String, id: SHA256Digest?)] = []
        for image in images {
            guard case .success(let plan) = try await storedPlan(image) else { continue }
            wanted += image.names.map { ($0, plan.config) }
        }
        try await awaitKubernetes(wanted, limit: limit)
    }

    /// - Parameter names: of images whose configs are not known.
    public func awaitKubernetes(names: [String], limit: Duration = kubernetesLimit) async throws {
        try await awaitKubernetes(names.map { ($0, nil) }, limit: limit)
    }

    /// - Parameter wanted: names, and the ids that they are to have, where those are known.
    func awaitKubernetes(_ wanted: [(name: String, id: SHA256Digest?)], limit: Duration) async throws {
        guard client.namespace == ContainerdClient.criNamespace else { return }
        let end = ContinuousClock.now + limit
        var (left, pause) = (wanted, Duration.milliseconds(5))
        while true {
            let answers = try await left.concurrently { try await self.answer($0.name, $0.id) }
            if answers.contains(.noCRI) { return }
            let problems = answers.compactMap(\.sentence)
            guard !problems.isEmpty else { return }
            guard ContinuousClock.now < end else { throw ContainerdError.unseen(problems) }
            left = zip(left, answers).filter { $1 != .found }.map(\.0)
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(500))
        }
    }

    private enum Answer: Equatable {
        case found, noCRI
        case problem(String)

        var sentence: String? { if case .problem(let text) = self { text } else { nil } }
    }

    private func answer(_ name: String, _ id: SHA256Digest?) async throws -> Answer {
        do {
            guard let found = try await client.criImage(name) else { return .problem("\(name) is not there") }
            guard let id, found != id.description else { return .found }
            return .problem("\(name) is \(found), expected \(id)")
        } catch ContainerdError.refused(_, .unimplemented, _) {
            return .noCRI
        } catch let error as ContainerdError {
            // It may not have begun to work yet.
            return .problem(error.message)
        }
    }
}

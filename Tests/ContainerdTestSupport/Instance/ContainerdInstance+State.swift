import FoundationEssentials
import Host

extension ContainerdInstance {
    /// Everything that namespace `k8s.io` holds now.
    public func state() async throws -> ContainerdState {
        var state = ContainerdState(images: [:], content: [:], snapshots: [:], leases: [])
        for words in try await rows("images", "ls") where words.count >= 6 {
            state.images[words[0]] = .init(
                mediaType: words[1], digest: words[2], labels: Self.labels(words[words.count - 1]))
        }
        // Their columns: digest, size, age (several words), labels; only blobs without labels end in "-".
        for words in try await rows("content", "ls") where words.count >= 3 {
            state.content[words[0]] = Self.labels(words[words.count - 1])
        }
        for words in try await rows("snapshots", "ls") {
            let info = try JSONDecoder().decode(
                SnapshotInfo.self, from: Data(try await require("snapshots", "info", words[0]).utf8))
            state.snapshots[words[0]] = .init(
                parent: info.Parent ?? "", kind: words[words.count - 1], labels: info.Labels ?? [:])
        }
        state.leases = try await rows("leases", "ls").map { $0[0] }
        return state
    }

    /// Runs containerd's garbage collection to its end, without a change to any label.
    public func collectGarbage() async throws {
        let lease = try await require("leases", "create").split(whereSeparator: \.isWhitespace).first.map(String.init)
        try await require("leases", "delete", "--sync", lease ?? "")
    }

    /// Removes all images and what only they held, and says what stays nevertheless.
    @discardableResult
    public func clear() async throws -> ContainerdState {
        // CRI's own handler may make a record again that was removed while it worked.
        for _ in 0..<50 {
            let names = try await require("images", "ls", "-q").split(separator: "\n").map(String.init)
            if names.isEmpty { break }
            _ = try await ctr(["images", "rm", "--sync"] + names)
        }
        startAnew()
        let left = try await state()
        if left.isEmpty { return left }
        // A refused import may have left something that no image held.
        try await collectGarbage()
        return try await state()
    }

    /// Removes one image under all its names, and what only it held.
    public func remove(_ image: BuiltImage) async throws {
        for name in image.references + ["\(image.config.digest)"] {
            _ = try await ctr(["images", "rm", "--sync", name])
        }
        try await collectGarbage()
    }

    /// Waits until CRI has marked every image record and added the one that is named by the config's digest.
    func waitForCRI(config: String) async throws {
        for _ in 0..<200 {
            let names = try await rows("images", "ls")
            let isMarked = names.allSatisfy { Self.labels($0[$0.count - 1])["io.cri-containerd.image"] == "managed" }
            if isMarked, names.contains(where: { $0[0] == config }) { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw HostError.timedOut(
            command: "\(version): CRI's own marking of \(config)", seconds: 10,
            output: try await require("images", "ls"))
    }

    /// A table's lines without the heading, divided at white space.
    private func rows(_ arguments: String...) async throws -> [[String]] {
        let result = try await ctr(arguments)
        guard result.status == 0 else {
            throw HostError.failed(
                command: arguments.joined(separator: " "), status: result.status, output: result.ending)
        }
        return result.standardOutput.split(separator: "\n").dropFirst()
            .map { $0.split(whereSeparator: \.isWhitespace).map(String.init) }.filter { !$0.isEmpty }
    }

    /// `key=value,key=value`, where a value may hold a comma.
    private static func labels(_ text: String) -> [String: String] {
        var pairs: [String] = []
        for piece in text.split(separator: ",") {
            if piece.contains("=") || pairs.isEmpty {
                pairs.append(String(piece))
            } else {
                pairs[pairs.count - 1] += ",\(piece)"
            }
        }
        return pairs.reduce(into: [:]) { labels, pair in
            guard let sign = pair.firstIndex(of: "=") else { return }
            labels[String(pair[..<sign])] = String(pair[pair.index(after: sign)...])
        }
    }

    private struct SnapshotInfo: Decodable {
        // swift-format-ignore: AlwaysUseLowerCamelCase
        var Parent: String?
        // swift-format-ignore: AlwaysUseLowerCamelCase
        var Labels: [String: String]?
    }
}

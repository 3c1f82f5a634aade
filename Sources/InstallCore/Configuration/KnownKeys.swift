/// The keys that the file given with `--config` may have. bundle-spec/node-config.schema.json says the same.
enum KnownKeys {
    /// By the key of the object that holds them; "" for the file itself. Other values are handed on unread.
    static let byObject: [String: [String]] = [
        "": [
            "schemaVersion", "role", "nodeIP", "podCIDR", "serviceCIDR", "imageLoader", "containerd", "kubelet",
            "kubeadm", "kubeProxy", "preflight", "readySeconds",
        ],
        "containerd": ["cri", "extra"],
        "kubelet": ["extra", "arguments"],
        "kubeadm": ["ignorePreflightErrors", "skipPhases", "certSANs"],
        "preflight": ["masterMemoryMB", "workerMemoryMB", "masterCPUs", "tolerate"],
    ]

    /// A key that would otherwise be ignored.
    struct Unknown: Error, Equatable {
        /// `kubelet.argument`
        var path: String
        /// The known key, with its path, that takes the fewest changes.
        var nearest: String
    }

    /// - Throws: `Unknown` for the first key, in alphabetical order, that nothing reads.
    static func check(_ file: JSONValue) throws(Unknown) {
        try check(file, object: "")
        for object in byObject.keys.sorted() where !object.isEmpty {
            if let value = file[object] { try check(value, object: object) }
        }
    }

    private static func check(_ value: JSONValue, object: String) throws(Unknown) {
        guard case .object(let members) = value, let known = byObject[object] else { return }
        let place = object.isEmpty ? "" : "\(object)."
        for key in members.keys.sorted() where !known.contains(key) {
            throw Unknown(path: place + key, nearest: nearest(to: key, below: object))
        }
    }

    /// A key of the same object, unless one of another object is spelled more alike: it may stand in the wrong place.
    private static func nearest(to key: String, below object: String) -> String {
        var best: (distance: Int, path: String) = (.max, "")
        for holder in [object] + byObject.keys.filter({ $0 != object }).sorted() {
            for known in byObject[holder] ?? [] {
                let distance = distance(key.lowercased(), known.lowercased())
                if distance < best.distance { best = (distance, holder.isEmpty ? known : "\(holder).\(known)") }
            }
        }
        return best.path
    }

    /// Insertions, deletions and replacements that make one word of the other.
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (number, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = number + 1
            for place in right.indices {
                let replaced = diagonal + (letter == right[place] ? 0 : 1)
                diagonal = row[place + 1]
                row[place + 1] = min(replaced, row[place] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}

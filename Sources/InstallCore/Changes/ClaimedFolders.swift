import SystemPackage

/// Folders that the cluster was given to fill, as a journal has them.
struct ClaimedFolders: Sendable {
    /// What was in each before.
    private let kept: [String: Set<String>]
    /// Those that were not there before.
    let made: Set<String>

    init(_ entries: [JournalEntry]) {
        var (kept, made): ([String: Set<String>], Set<String>) = ([:], [])
        for case .directoryClaimed(let path, let existed, let names) in entries.map(\.record) {
            kept[path] = Set(names)
            if !existed { made.insert(path) }
        }
        self.kept = kept
        self.made = made
    }

    /// Whether a file stands where the cluster may write: in such a folder, or anywhere below what is new in one.
    func holds(_ path: String) -> Bool {
        let file = FilePath(path)
        var (folder, name) = (file.removingLastComponent(), file.lastComponent?.string ?? "")
        var isDirect = true
        while let parent = folder.lastComponent {
            if let before = kept[folder.string] { return isDirect || !before.contains(name) }
            (folder, name) = (folder.removingLastComponent(), parent.string)
            isDirect = false
        }
        return false
    }
}

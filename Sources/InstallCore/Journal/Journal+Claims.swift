extension Journal {
    /// A claimed folder and those in it that were claimed with it, the deepest first, each with the names that were in it
    /// before; empty for a folder that was not claimed.
    func claims(in folder: String) -> [(path: String, kept: [String])] {
        entries.reversed().compactMap { entry in
            guard case .directoryClaimed(let path, _, let kept) = entry.record,
                path == folder || path.hasPrefix("\(folder)/")
            else { return nil }
            return (path, kept)
        }
    }
}

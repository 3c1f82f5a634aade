extension Journal {
    /// The names that were in a claimed folder before it was claimed; nil for a folder that was not claimed.
    func namesKept(in folder: String) -> [String]? {
        entries.lazy.compactMap { entry -> [String]? in
            guard case .directoryClaimed(folder, _, let kept) = entry.record else { return nil }
            return kept
        }.first
    }
}

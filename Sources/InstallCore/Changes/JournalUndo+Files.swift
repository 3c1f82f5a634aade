import Host
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

extension JournalUndo {
    func restore(_ path: String, before: FileSnapshot?, after: FileSnapshot) throws -> Outcome {
        let place = root.resolve(path)
        let now = try HostChanges.snapshot(place)
        if now == before, now != nil || !FileSystem.exists(place) { return .done }
        // What this installation made and somebody removed is as it was before; what lies between does not matter.
        if now == nil, !FileSystem.exists(place), isMadeHere(path) { return .done }
        guard let now else { return .left(LeftOver(what: path, reason: "it was removed or replaced by others")) }
        // In a folder that the cluster was given to fill, it may have taken one of ours for its own.
        guard now == after || claims.holds(path) else {
            return .left(LeftOver(what: path, reason: "it was changed since"))
        }
        guard let before else {
            try FileSystem.remove(place)
            return .done
        }
        guard let kept = try store.file(before.digest) else {
            return .left(LeftOver(what: path, reason: "its earlier content \(before.digest) is not in the store"))
        }
        try AtomicFile.copy(kept, to: place, mode: before.mode)
        guard chown(place.string, before.owner, before.group) == 0 else {
            throw HostError.system("change the owner of", path: path, errno: errno)
        }
        return .done
    }

    /// Whether nothing was at a path when the journal first names it.
    private func isMadeHere(_ path: String) -> Bool {
        for case .fileWritten(path, let before, _) in journal.entries.lazy.map(\.record) { return before == nil }
        return false
    }

    func removeEmpty(_ path: String) throws -> Outcome {
        // What the cluster put there goes with the claim, and the folder with it.
        if claims.made.contains(path) { return .nothing }
        let place = root.resolve(path)
        guard let status = try FileSystem.status(place) else { return .done }
        guard status.kind == .directory else {
            return .left(LeftOver(what: path, reason: "it was a folder of ours and is something else now"))
        }
        guard rmdir(place.string) != 0 else { return .done }
        let names = try FileSystem.list(place)
        return .left(LeftOver(what: path, reason: "not empty: \(names.prefix(5).joined(separator: ", "))"))
    }

    /// Empties a folder that Kubernetes filled; what was there before the installation stays.
    func clear(_ path: String, existed: Bool, kept: [String]) throws -> Outcome {
        let place = root.resolve(path)
        var problems = try TreeRemoval.empty(place, keeping: kept)
        if !existed, kept.isEmpty, problems.isEmpty, try FileSystem.status(place)?.kind == .directory {
            problems = try TreeRemoval.removed(place)
        }
        guard let first = problems.first else { return .done }
        let more = problems.count > 1 ? " (and \(problems.count - 1) more)" : ""
        return .left(LeftOver(what: path, reason: first + more))
    }

    func restoreLink(_ path: String, target: String, before: String?) throws -> Outcome {
        let place = root.resolve(path)
        guard let status = try FileSystem.status(place) else {
            // An interrupted walk of an earlier version took it away before it put the other one there.
            if let before { try AtomicFile.link(place, to: before) }
            return .done
        }
        let now = status.kind == .symlink ? try HostChanges.linkTarget(place) : nil
        if let now, now == before { return .done }
        guard now == target else { return .left(LeftOver(what: path, reason: "it was changed since")) }
        if let before { try AtomicFile.link(place, to: before) } else { try FileSystem.remove(place) }
        return .done
    }

    func restoreLine(_ path: String, before: String?, after: String) throws -> Outcome {
        let place = try FileSystem.resolvingLinks(root.resolve(path))
        guard let text = try FileSystem.text(place) else { return .done }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let index = lines.lastIndex(of: after) else {
            if let before, !lines.contains(before) {
                return .left(LeftOver(what: path, reason: "the line '\(after)' was changed since"))
            }
            return .done
        }
        if let before { lines[index] = before } else { lines.remove(at: index) }
        let mode = try FileSystem.status(place)?.mode ?? 0o644
        try AtomicFile.write(Array(lines.joined(separator: "\n").utf8), to: place, mode: mode)
        return .done
    }
}

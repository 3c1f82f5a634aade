import Host
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Files that take their places together, also places of earlier files: all of them, or none.
///
/// An earlier file is kept beside the new one that takes its place, until somebody removes that folder; the last one need
/// not be, since nothing follows that could fail. Whoever looks between the first move and the last finds some of either,
/// and so does whoever comes after a power cut.
struct Replacement {
    /// Within one file system.
    struct Move: Sendable {
        let from: FilePath
        let to: FilePath
        /// Then a file that is not there empties its place.
        var mayBeMissing = false
    }

    /// In this order.
    let moves: [Move]

    /// - Throws: `HostError.system`; every place is as it was then, but where only the folders could not be synced.
    func make() throws {
        var done: [(place: FilePath, earlier: FilePath?)] = []
        do {
            for (number, move) in moves.enumerated() {
                let isFilled = !move.mayBeMissing || FileSystem.exists(move.from)
                var earlier: FilePath?
                let there = try FileSystem.status(move.to)
                guard there?.kind != .directory else {
                    throw HostError.system("replace", path: move.to.string, errno: EISDIR)
                }
                if there != nil, !isFilled || number + 1 < moves.count {
                    let kept = FilePath(move.from.string + ".old")
                    try Self.keep(move.to, as: kept, isFilled: isFilled)
                    earlier = kept
                    done.append((place: move.to, earlier: earlier))
                }
                guard isFilled else { continue }
                try Self.move(move.from, to: move.to, for: move.to)
                if earlier == nil { done.append((place: move.to, earlier: nil)) }
            }
        } catch {
            for step in done.reversed() {
                if let earlier = step.earlier {
                    try? Self.move(earlier, to: step.place, for: step.place)
                } else {
                    unlink(step.place.string)
                }
            }
            throw error
        }
        for folder in Set(moves.map { $0.to.removingLastComponent() }) { try FileSystem.syncDirectory(folder) }
    }

    /// Where another file follows, and the file system has hard links, the earlier one stays in its place until then.
    private static func keep(_ place: FilePath, as earlier: FilePath, isFilled: Bool) throws {
        if isFilled, link(place.string, earlier.string) == 0 { return }
        try move(place, to: earlier, for: place)
    }

    /// - Parameter place: for the message.
    private static func move(_ from: FilePath, to: FilePath, for place: FilePath) throws {
        guard rename(from.string, to.string) == 0 else {
            throw HostError.system("rename", path: place.string, errno: errno)
        }
    }
}

import BundleModel
import Host
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Files that are whole in a folder of their own and take their places together, none of which is taken.
struct NewFiles {
    private var moves: [Replacement.Move] = []

    /// - Throws: `BundleBuildError.exists`.
    mutating func add(_ from: FilePath, as to: FilePath) throws {
        try Self.requireFree(to)
        moves.append(Replacement.Move(from: from, to: to))
    }

    static func requireFree(_ path: FilePath) throws {
        guard try FileSystem.status(path) == nil else { throw BundleBuildError.exists(path: path.string) }
    }

    /// For output that may take the place of what is there: not of what it is made of.
    ///
    /// - Throws: `BundleBuildError.badOption`.
    static func requireOther(_ output: FilePath, than inputs: [FilePath]) throws {
        var taken = stat()
        guard lstat(output.string, &taken) == 0 else { return }
        for input in inputs {
            var read = stat()
            guard stat(input.string, &read) == 0, read.st_ino == taken.st_ino, read.st_dev == taken.st_dev else {
                continue
            }
            throw BundleBuildError.badOption(
                "--output", value: output.string, expected: "another file than \(input), which is read for it")
        }
    }

    /// All of them, or none.
    ///
    /// - Throws: `HostError.system`.
    func place() throws { try Replacement(moves: moves).make() }

    /// - Throws: `BundleBuildError.noSpace`, which names the output's folder in full.
    static func requireSpace(_ needed: UInt64, in folder: FilePath, for output: FilePath) throws {
        let free = try FileSystem.freeBytes(folder)
        guard free >= needed else {
            let parent = output.removingLastComponent()
            let place = try FileSystem.resolvingLinks(parent.isEmpty ? FilePath(".") : parent)
            throw BundleBuildError.noSpace(path: place.string, needed: needed, free: free)
        }
    }
}

import Host
import Synchronization
import SystemPackage
import Testing

@testable import InstallCore

#if canImport(Glibc)
    import Glibc
#endif

struct StateLockTests {
    /// How many hold the lock at once.
    private final class Census: Sendable {
        let now = Atomic<Int>(0)
        let most = Atomic<Int>(0)
    }

    @Test func itNamesItsHolderAndEndsWithIt() async throws {
        let scratch = try Scratch()
        do {
            let lock = try await StateLock.take(scratch.root)
            #expect(try scratch.text(NodePaths.lock) == "\(getpid())\n")
            await #expect {
                try await StateLock.take(scratch.root)
            } throws: { error in
                guard case InstallError.busy(_, let owner)? = error as? InstallError else { return false }
                return owner == getpid()
            }
            withExtendedLifetime(lock) {}
        }
        withExtendedLifetime(try await StateLock.take(scratch.root)) {}
    }

    /// A reset removes the lock's file while it holds the lock: whoever has opened that file then waits for nothing.
    @Test func aLockWhoseFileIsRemovedIsStillHeldByOneAlone() async throws {
        let scratch = try Scratch()
        let census = Census()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { try await Self.takeAndRemove(scratch.root, rounds: 15, census) } }
            try await group.waitForAll()
        }
        #expect(census.most.load(ordering: .relaxed) == 1)
    }

    private static func takeAndRemove(_ root: HostRoot, rounds: Int, _ census: Census) async throws {
        var done = 0
        while done < rounds {
            do {
                let lock = try await StateLock.take(root)
                let now = census.now.add(1, ordering: .relaxed).newValue
                census.most.max(now, ordering: .relaxed)
                await Task.yield()
                census.now.subtract(1, ordering: .relaxed)
                try FileSystem.remove(root.resolve(NodePaths.lock))
                withExtendedLifetime(lock) {}
                done += 1
            } catch InstallError.busy {
                continue
            }
        }
    }

    @Test func aLockOnAFileThatIsGoneOrReplacedIsInNobodysWay() async throws {
        let scratch = try Scratch()
        let path = scratch.root.resolve(NodePaths.lock)
        let old = try await StateLock.take(scratch.root)
        let file = try FileDescriptor.open(path, .readOnly)
        #expect(file.isAt(path))
        try FileSystem.remove(path)
        #expect(!file.isAt(path))
        try scratch.write("", to: NodePaths.lock)
        #expect(!file.isAt(path))
        try file.close()
        let new = try await StateLock.take(scratch.root)
        withExtendedLifetime((old, new)) {}
    }
}

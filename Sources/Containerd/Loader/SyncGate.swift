import Host
import SystemPackage

/// Syncs a file system for several that wait at once: those who come while one sync runs share the next one.
actor SyncGate {
    private let path: FilePath
    private var current: Task<Void, any Error>?
    private var next: Task<Void, any Error>?

    init(_ path: FilePath) { self.path = path }

    /// Returns after a sync that began after this was called.
    func sync() async throws {
        let task: Task<Void, any Error>
        if let next {
            task = next
        } else {
            let before = current
            let path = path
            task = Task {
                _ = await before?.result
                begin()
                try await BlockingPool.shared.run { try FileSystem.syncFileSystem(holding: path) }
            }
            next = task
        }
        try await task.value
    }

    private func begin() {
        current = next
        next = nil
    }
}

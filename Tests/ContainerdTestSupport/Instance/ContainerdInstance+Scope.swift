import Host
public import SystemPackage

extension ContainerdInstance {
    /// Runs `body` with an instance of its own, without CRI, and ends it.
    ///
    /// - Parameter binaries: the folder with its programs.
    public static func with(
        _ binaries: FilePath, _ body: (ContainerdInstance) async throws -> Void
    ) async throws {
        let instance = try await start(ContainerdVersion.found(in: binaries), hasCRI: false)
        do {
            try await body(instance)
        } catch {
            let log = try? FileSystem.text(instance.folder.appending("log"))
            print("\(instance.version): \((log ?? "").suffix(2000))")
            try? await instance.stop()
            throw error
        }
        try await instance.stop()
    }
}

import Host
import SystemPackage

/// A file that the operator named: one that cannot be read is their mistake, not a fault of the machine.
enum InputFile {
    /// - Throws: `BundleBuildError.unreadable`.
    static func read(_ path: FilePath, limit: Int = 64 << 20) throws(BundleBuildError) -> [UInt8] {
        do { return try FileSystem.read(path, limit: limit) } catch HostError.system(_, _, let code) {
            throw .unreadable(path: path.string, reason: "\(Errno(rawValue: code))")
        } catch {
            throw .unreadable(path: path.string, reason: "\(error)")
        }
    }
}

import Host
import InstallCore
import SystemPackage

/// A file that the command line names.
enum InputFile {
    /// - Parameter limit: bytes; a longer file is refused.
    /// - Throws: `InstallError.configuration`: a file that cannot be read is a mistake on the command line.
    static func read(_ path: String, limit: Int) throws -> [UInt8] {
        do {
            return try FileSystem.read(FilePath(path), limit: limit)
        } catch let error as HostError {
            throw InstallError.configuration(path: path, reason: error.message)
        }
    }
}

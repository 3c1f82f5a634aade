import Host
import SystemPackage

/// Copies a file's content into a new file that need not outlive a crash.
enum FileCopy {
    static func copy(_ source: FilePath, to target: FilePath, mode: UInt16) throws {
        do {
            let input = try FileDescriptor.open(source, .readOnly, options: [.closeOnExec])
            defer { try? input.close() }
            let output = try FileDescriptor.open(
                target, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: FilePermissions(rawValue: CModeT(mode)))
            try output.closeAfter { try output.writeAll(from: input) }
        } catch let error as Errno {
            throw HostError.system("copy to", path: target.string, errno: error.rawValue)
        }
    }
}

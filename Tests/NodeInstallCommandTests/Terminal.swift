import Host
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// A terminal that nobody types on.
final class Terminal: Sendable {
    private let controller: FileDescriptor
    private let terminal: FileDescriptor
    /// The end that a program gets as its standard input.
    let path: FilePath

    init() throws {
        var ends: (controller: Int32, terminal: Int32) = (-1, -1)
        guard openpty(&ends.controller, &ends.terminal, nil, nil, nil) == 0 else { throw Errno(rawValue: errno) }
        controller = FileDescriptor(rawValue: ends.controller)
        terminal = FileDescriptor(rawValue: ends.terminal)
        var name = [CChar](repeating: 0, count: 64)
        let code = ttyname_r(ends.terminal, &name, name.count)
        path = FilePath(String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        guard code == 0 else { throw Errno(rawValue: code) }
    }

    deinit {
        try? terminal.close()
        try? controller.close()
    }
}

public import SystemPackage

/// The folders of an active snapshot, by the one mount that containerd's Snapshots.Prepare gives for it.
public struct SnapshotFolders: Hashable, Sendable {
    /// What is written to.
    public let upper: FilePath
    /// The layers below, topmost first; empty for the lowest layer.
    public let lowers: [FilePath]

    /// - Returns: nil for a mount that is neither an overlay with both kinds of folders nor a writable bind: let
    ///   containerd unpack there.
    public init?(type: String, source: String, options: [String]) {
        switch type {
        case "overlay":
            guard let upper = Self.value("upperdir=", options), let lowers = Self.value("lowerdir=", options),
                !options.contains(where: { $0.hasPrefix("lowerdir+") || $0.hasPrefix("datadir+") }),
                !lowers.contains("\\"), !lowers.isEmpty, !upper.isEmpty
            else { return nil }
            self.upper = FilePath(upper)
            self.lowers = lowers.split(separator: ":").map { FilePath(String($0)) }
        case "bind" where options.contains("rw") && !source.isEmpty:
            upper = FilePath(source)
            lowers = []
        default: return nil
        }
    }

    /// Of the last option of that name, as mount(2) takes it.
    private static func value(_ name: String, _ options: [String]) -> String? {
        options.last { $0.hasPrefix(name) }.map { String($0.dropFirst(name.count)) }
    }
}

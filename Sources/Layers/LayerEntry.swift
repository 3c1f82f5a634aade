/// One member of a layer's tar, with what extended headers say of it.
struct LayerEntry {
    enum Kind { case file, hardLink, symbolicLink, characterDevice, blockDevice, folder, fifo }

    struct Attribute: Hashable {
        let name: [UInt8]
        let value: [UInt8]
    }

    let kind: Kind
    /// As the tar has it: perhaps absolute, with `..`, not UTF-8.
    let name: [UInt8]
    let link: [UInt8]
    /// Permission bits with setuid, setgid and sticky.
    let mode: UInt32
    let uid: Int64
    let gid: Int64
    /// Bytes of content that follow.
    let size: Int64
    let modified: EntryTime
    /// The time of last access that goes to the disk: never before `modified`.
    let accessed: EntryTime
    let major: Int64
    let minor: Int64
    let attributes: [Attribute]

    /// - Parameters:
    ///   - longName, longLink: from GNU's own headers; empty where there were none.
    init(
        _ header: TarHeader, _ records: PaxRecords?, longName: [UInt8], longLink: [UInt8]
    ) throws(LayerError) {
        let name = longName.isEmpty ? records?.text("path") ?? header.name : longName
        self.name = name
        link = longLink.isEmpty ? records?.text("linkpath") ?? header.link : longLink
        guard let kind = Self.kind(header.type, name) else {
            throw .unsupported("type \(header.type) of a member is unknown", at: name)
        }
        if records?.isSparse == true { throw .unsupported("a sparse file", at: name) }
        self.kind = kind
        mode = UInt32(truncatingIfNeeded: header.mode) & 0o7777
        uid = try records?.number("uid") ?? header.uid
        gid = try records?.number("gid") ?? header.gid
        let size = try records?.number("size") ?? header.contentSize
        // The block's own size must be sound even where a record replaces it.
        let hasContent = header.type == 0 || header.type == UInt8(ascii: "0")
        guard !hasContent || (header.contentSize >= 0 && (size >= 0 || kind != .file)) else {
            throw .refused("a negative size", at: name)
        }
        self.size = kind == .file ? size : 0
        _ = try records?.time("ctime")
        guard let ownModified = EntryTime(header: header.modified),
            let ownAccessed = EntryTime(header: header.accessed ?? 0)
        else { throw .unsupported("a time beyond all calendars", at: name) }
        let modified = try records?.time("mtime") ?? ownModified
        let accessed = try records?.time("atime") ?? (header.accessed == nil ? modified : ownAccessed)
        self.modified = modified
        self.accessed = max(accessed, modified)
        (major, minor) = (header.major, header.minor)
        attributes = records?.attributes ?? []
    }

    private static func kind(_ type: UInt8, _ name: [UInt8]) -> Kind? {
        switch type {
        case UInt8(ascii: "0"): .file
        // The oldest archives mark a folder by the slash after its name.
        case 0: name.last == UInt8(ascii: "/") ? .folder : .file
        case UInt8(ascii: "1"): .hardLink
        case UInt8(ascii: "2"): .symbolicLink
        case UInt8(ascii: "3"): .characterDevice
        case UInt8(ascii: "4"): .blockDevice
        case UInt8(ascii: "5"): .folder
        case UInt8(ascii: "6"): .fifo
        default: nil
        }
    }
}

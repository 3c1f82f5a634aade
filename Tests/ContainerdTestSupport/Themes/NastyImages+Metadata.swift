extension NastyImages {
    static var metadata: [ImagePlan] { [modes, owners, times, devices, sparse, sparseGNU, zeroDevice, extremeTimes] }

    private static let modes = ImagePlan(
        "modes",
        layers: [
            .init([
                .file("suid", "x", { $0.mode = 0o4755 }), .file("sgid", "x", { $0.mode = 0o2755 }),
                .file("both", "x", { ($0.mode, $0.owner, $0.group) = (0o6711, 12, 13) }),
                .file("none", "x", { $0.mode = 0 }), .folder("closed/", { $0.mode = 0 }), .file("closed/in", "x"),
                .folder("sticky/", { $0.mode = 0o1777 }), .folder("setgid/", { ($0.mode, $0.group) = (0o2775, 8) }),
                .file("setgid/child", "x", { $0.group = 9 }), .folder("setgid/folder/"),
                .file("typed", "x", { $0.mode = 0o100644 }), .file("wide", "x", { $0.mode = 0o7777 }),
                .device("fifo", type: "6", 0, 0, { $0.mode = 0o6622 }),
            ])
        ]
    ) {
        $0.member("suid", .file, mode: 0o4755)
        $0.member("sgid", .file, mode: 0o2755)
        $0.member("both", .file, mode: 0o6711, owner: 12, group: 13)
        $0.member("none", .file, mode: 0)
        $0.member("closed", .directory, mode: 0)
        $0.file("closed/in", "x")
        $0.member("sticky", .directory, mode: 0o1777)
        $0.member("setgid", .directory, mode: 0o2775, group: 8)
        $0.member("setgid/child", .file, group: 9)
        $0.member("wide", .file, mode: 0o7777)
    }

    private static let owners = ImagePlan(
        "owners",
        layers: [
            .init([
                .file("nobody", "x", { ($0.owner, $0.group) = (65_534, 65_534) }),
                .file("wide-octal", "x", { ($0.owner, $0.group) = (2_097_151, 2_097_151) }),
                .file("wide-pax", "x", { ($0.owner, $0.group) = (2_147_483_648, 4_294_967_294) }),
                .file(
                    "wide-gnu", "x",
                    {
                        ($0.owner, $0.group) = (4_000_000_000, 3_000_000)
                        $0.format = .gnu
                    }),
                // The number that stands for "no change".
                .file("no-change", "x", { ($0.owner, $0.group) = (4_294_967_295, 4_294_967_295) }),
                .file(
                    "names", "x",
                    {
                        ($0.ownerName, $0.groupName) = ("daemon", "adm")
                        ($0.owner, $0.group) = (501, 20)
                    }),
                .symlink("link", to: "x", { ($0.owner, $0.group) = (42, 43) }),
                .device("fifo", type: "6", 0, 0, { ($0.owner, $0.group) = (44, 45) }),
            ])
        ]
    ) {
        $0.member("nobody", .file, owner: 65_534, group: 65_534)
        $0.member("wide-pax", .file, owner: 2_147_483_648, group: 4_294_967_294)
        $0.member("wide-gnu", .file, owner: 4_000_000_000, group: 3_000_000)
        $0.member("no-change", .file, owner: 0, group: 0)
        // Numbers count, names do not.
        $0.member("names", .file, owner: 501, group: 20)
        $0.member("link", .symlink, owner: 42, group: 43)
    }

    private static let times = ImagePlan(
        "times",
        layers: [
            .init([
                .file("zero", "x", { $0.modified = (0, 0) }), .file("minus-one", "x", { $0.modified = (-1, 0) }),
                .file("before", "x", { $0.modified = (-1_000_000, 250_000_000) }),
                .file(
                    "before-gnu", "x",
                    {
                        $0.modified = (-86_400, 0)
                        $0.format = .gnu
                    }),
                .file("year-1902", "x", { $0.modified = (-2_145_000_000, 0) }),
                .file("nano", "x", { $0.modified = (1_600_000_000, 123_456_789) }),
                .file("nano-1", "x", { $0.modified = (1, 1) }),
                .file("after-2038", "x", { $0.modified = (4_000_000_000, 0) }),
                .file("digits", "x", { $0.records = [("mtime", "1600000000.12345678999")] }),
                .file("atime", "x", { $0.records = [("atime", "1500000000.5"), ("ctime", "1400000000")] }),
                .folder("d/", { $0.modified = (777, 888) }), .file("d/later", "x"),
                .symlink("link", to: "x", { $0.modified = (-5, 6) }),
                .device("fifo", type: "6", 0, 0, { $0.modified = (11, 12) }),
            ]),
            .init([.file("d/more", "x")]),
        ]
    ) {
        $0.member("zero", .file, modified: 0, nanoseconds: 0)
        // containerd sets no time before 1970: it takes 1970 itself.
        for name: ByteString in ["minus-one", "before", "before-gnu", "year-1902"] {
            $0.member(name, .file, modified: 0, nanoseconds: 0)
        }
        $0.member("nano", .file, modified: 1_600_000_000, nanoseconds: 123_456_789)
        $0.member("after-2038", .file, modified: 4_000_000_000)
        $0.member("link", .symlink, modified: 0, nanoseconds: 0)
        $0.member("fifo", .fifo, modified: 11, nanoseconds: 12)
    }

    /// Beyond what 64 bits of nanoseconds hold: containerd takes 1970 instead.
    private static let extremeTimes = ImagePlan(
        "extreme-times",
        layers: [
            .init([
                .file("year-1800", "x", { $0.modified = (-5_364_662_400, 0) }),
                .file("year-3000", "x", { $0.modified = (32_503_680_000, 0) }),
                .file("year-9999", "x", { $0.modified = (253_402_300_799, 999_999_999) }),
            ])
        ]
    ) {
        for name: ByteString in ["year-1800", "year-3000", "year-9999"] {
            $0.member(name, .file, modified: 0, nanoseconds: 0)
        }
    }

    private static let devices = ImagePlan(
        "devices",
        layers: [
            .init([
                .device("null", type: "3", 1, 3, { $0.mode = 0o666 }),
                .device("loop", type: "4", 7, 0, { $0.mode = 0o660 }),
                .device("wide", type: "4", 259, 300_000), .device("fifo", type: "6", 0, 0, { $0.mode = 0o622 }),
                .device("fifo-numbered", type: "6", 5, 6), .device("d/implicit", type: "3", 5, 1),
            ])
        ]
    ) {
        $0.member("null", .character, mode: 0o666)
        $0.expect($0["null"]?.major == 1 && $0["null"]?.minor == 3, "null has other numbers")
        $0.member("loop", .block, mode: 0o660)
        $0.expect($0["wide"]?.major == 259 && $0["wide"]?.minor == 300_000, "wide has other numbers")
        $0.member("fifo", .fifo, mode: 0o622)
    }

    /// On disk overlayfs takes 0:0 for a whiteout.
    private static let zeroDevice = ImagePlan(
        "zero-device",
        layers: [
            .init([.file("x", "x"), .file("y", "y")]),
            .init([.device("x", type: "3", 0, 0), .device("b", type: "4", 0, 0)]),
        ]
    ) {
        $0.file("y", "y")
        $0.absent("x")
    }

    private static let pieces: [(offset: UInt64, content: [UInt8])] = [
        (4096, Array("data in the middle".utf8)), (1 << 20, Array("more".utf8)),
    ]

    private static let sparse: ImagePlan = {
        var tar = LayerTar()
        tar.add(.file("before", "before"))
        tar.write(SparseEntry("holes", size: 3 << 20, pieces: pieces).pax())
        tar.add(.file("after", "after"))
        tar.end()
        var content = [UInt8](repeating: 0, count: 3 << 20)
        for piece in pieces {
            content.replaceSubrange(Int(piece.offset)..<Int(piece.offset) + piece.content.count, with: piece.content)
        }
        let expected = ByteString(content)
        return ImagePlan("sparse", layers: [.init(bytes: tar.bytes)]) {
            $0.file("before", "before")
            $0.file("holes", expected)
            $0.file("after", "after")
        }
    }()

    /// GNU's own form has a type of its own, which containerd does not know.
    private static let sparseGNU: ImagePlan = {
        var tar = LayerTar()
        tar.write(SparseEntry("holes", size: 3 << 20, pieces: pieces).old())
        tar.end()
        return ImagePlan(
            "sparse-gnu", layers: [.init(bytes: tar.bytes)], outcome: .refused("unhandled tar header type 83"))
    }()
}

extension NastyImages {
    static var links: [ImagePlan] {
        [
            hardLinks, hardLinkReplaced, symlinks, throughSymlink,
            .refused("hard-link-forward", "no such file", [.hardLink("x", to: "later"), .file("later", "x")]),
            .refused("hard-link-across", "no such file", [.hardLink("x", to: "below")]),
            .refused("hard-link-to-folder", "operation not permitted", [.folder("d/"), .hardLink("x", to: "d")]),
            .refused(
                "symlink-loop", "too many links",
                [
                    .symlink("a", to: "b"), .symlink("b", to: "a"), .file("a/x", "x"),
                ]),
            .refused("file-as-parent", "not a directory", [.file("f", "x"), .file("f/x", "x")]),
        ]
    }

    private static let hardLinks = ImagePlan(
        "hard-links",
        layers: [
            .init([.file("lower-one", "lower"), .hardLink("lower-two", to: "lower-one")]),
            .init([
                .folder("d/"), .file("d/one", "linked", { $0.mode = 0o4755 }), .hardLink("two", to: "d/one"),
                .hardLink("three", to: "./d/../two"), .hardLink("four", to: "/d/one"),
                .symlink("s", to: "nowhere"), .hardLink("s2", to: "s"),
                .device("fifo", type: "6"), .hardLink("fifo2", to: "fifo"),
                .hardLink("five", to: "d/one", { ($0.mode, $0.owner, $0.modified) = (0o600, 77, (5, 0)) }),
                .hardLink("sized", to: "d/one", { $0.statedSize = 0 }),
            ]),
        ]
    ) {
        $0.hardLinked("d/one", "two", "three", "four", "five", "sized")
        $0.hardLinked("s", "s2")
        $0.hardLinked("fifo", "fifo2")
        $0.hardLinked("lower-one", "lower-two")
        $0.file("three", "linked")
        $0.symlink("s2", to: "nowhere")
    }

    private static let hardLinkReplaced = ImagePlan(
        "hard-link-replaced",
        layers: [
            .init([
                .file("one", "first"), .hardLink("two", to: "one"), .file("one", "second"),
                .hardLink("three", to: "one"),
                .file("four", "x"), .hardLink("four", to: "two"),
            ]),
            .init([.file("two", "above")]),
        ]
    ) {
        $0.file("one", "second")
        $0.file("two", "above")
        $0.file("four", "first")
        $0.hardLinked("one", "three")
    }

    private static let symlinks = ImagePlan(
        "symlinks",
        layers: [
            .init([
                .symlink("absolute", to: "/etc/passwd"), .symlink("up", to: "../../../../etc/passwd"),
                .symlink("self", to: "self"), .symlink("dot", to: "."), .symlink("slash", to: "/"),
                .symlink("long", to: .repeating("abcdefghi/", count: 300)),
                .symlink("odd", to: ByteString([0xff, 0x0a, 0x20, 0x5c])),
                .symlink("owned", to: "x", { ($0.owner, $0.group, $0.mode, $0.modified) = (9, 10, 0o600, (7, 8)) }),
            ])
        ]
    ) {
        $0.symlink("absolute", to: "/etc/passwd")
        $0.symlink("up", to: "../../../../etc/passwd")
        $0.symlink("self", to: "self")
        $0.symlink("long", to: .repeating("abcdefghi/", count: 300))
        $0.symlink("odd", to: ByteString([0xff, 0x0a, 0x20, 0x5c]))
        $0.member("owned", .symlink, owner: 9, group: 10, modified: 7, nanoseconds: 8)
    }

    /// Entries whose folders are links: inside the image, whatever the links say.
    private static let throughSymlink = ImagePlan(
        "through-symlink",
        layers: [
            .init([
                .folder("real/"), .symlink("in", to: "real"), .file("in/a", "a"), .symlink("abs", to: "/real"),
                .file("abs/b", "b"), .symlink("out", to: "../../../real"), .file("out/c", "c"),
                .symlink("etc", to: "/outside"), .file("etc/d", "d"), .hardLink("via", to: "in/a"),
            ])
        ]
    ) {
        $0.children("real", "a", "b", "c")
        $0.member("in", .symlink)
        $0.file("outside/d", "d")
        $0.hardLinked("real/a", "via")
    }
}

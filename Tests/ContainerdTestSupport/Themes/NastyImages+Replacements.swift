extension NastyImages {
    static var replacements: [ImagePlan] { [duplicates, replacedAcross, implicitParents, rootEntry, rootEntryBelow] }

    /// The same name several times in one layer.
    private static let duplicates = ImagePlan(
        "duplicates",
        layers: [
            .init([
                .file("file", "a long first content", { $0.mode = 0o4755 }), .file("file", "2", { $0.mode = 0o600 }),
                .folder("d/", { $0.mode = 0o700 }), .file("d/x", "x"),
                .folder("d/", { ($0.mode, $0.owner) = (0o711, 4) }),
                .folder("to-file/"), .file("to-file/x", "x"), .file("to-file", "file"),
                .file("to-folder", "x"), .folder("to-folder/"), .file("to-folder/y", "y"),
                .symlink("to-real", to: "d"), .folder("to-real/"), .file("to-real/z", "z"),
                .file("./file2", "1"), .file("file2", "2"), .file("/file2", "3"),
                .device("pipe", type: "6"), .file("pipe", "no pipe"),
                .file("tags", "1", { $0.attribute("user.old", "1") }),
                .file("tags", "2", { $0.attribute("user.new", "1") }),
            ])
        ]
    ) {
        $0.file("file", "2")
        $0.member("file", .file, mode: 0o600)
        $0.member("d", .directory, mode: 0o711, owner: 4)
        $0.file("d/x", "x")
        $0.file("to-file", "file")
        $0.file("to-folder/y", "y")
        $0.file("file2", "3")
        $0.member("pipe", .file)
        $0.attribute("tags", "user.new", "1")
        $0.expect($0["tags"]?.attributes["user.old"] == nil, "an attribute of the earlier duplicate stays")
    }

    private static let replacedAcross = ImagePlan(
        "replaced-across",
        layers: [
            .init([
                .folder("folder/"), .file("folder/old", "old"), .file("file", "old"), .folder("to-link/"),
                .file("to-link/old", "old"), .symlink("link", to: "folder"), .device("node", type: "3", 1, 3),
                .folder("both/"), .file("both/old", "old"),
            ]),
            .init([
                .file("folder", "a file now"), .folder("file/"), .file("file/new", "new"),
                .symlink("to-link", to: "file"),
                .folder("link/"), .file("link/new", "new"), .file("node", "a file now"), .file("both", "a file"),
            ]),
            .init([.folder("both/"), .file("both/new", "new"), .device("folder", type: "6")]),
        ]
    ) {
        $0.member("folder", .fifo)
        $0.children("file", "new")
        $0.symlink("to-link", to: "file")
        $0.children("link", "new")
        $0.file("node", "a file now")
        $0.children("both", "new")
    }

    /// Folders that no entry makes: new ones, and ones that a layer below has with properties of their own.
    private static let implicitParents = ImagePlan(
        "implicit-parents",
        layers: [
            .init([
                .file("new/deep/er/file", "x", { ($0.owner, $0.mode) = (1000, 0o600) }),
                .folder(
                    "special/",
                    {
                        ($0.mode, $0.owner, $0.group, $0.modified) = (0o2750, 5, 6, (1_000, 0))
                        $0.attribute("user.of", "below")
                    }),
                .folder("special/inner/", { ($0.mode, $0.modified) = (0o1777, (2_000, 5)) }),
            ]),
            .init([.file("special/inner/file", "x"), .file("special/.wh.never", "x")]),
            .init([.file("special/inner/more/file", "x")]),
        ]
    ) {
        $0.member("new/deep", .directory, mode: 0o755, owner: 0)
        $0.member("special", .directory, mode: 0o2750, owner: 5, group: 6)
        $0.member("special/inner", .directory, mode: 0o1777)
        $0.file("special/inner/more/file", "x")
    }

    private static let rootEntry = ImagePlan(
        "root-entry",
        layers: [
            .init([.folder("./", { ($0.mode, $0.owner, $0.modified) = (0o700, 3, (9, 0)) }), .file("a", "a")]),
            .init([
                .file("b", "b"),
                .folder(
                    "./",
                    {
                        ($0.mode, $0.owner, $0.group, $0.modified) = (0o1711, 11, 12, (1_234, 5))
                        $0.attribute("user.root", "yes")
                    }),
                .folder("/"), .folder(".", { ($0.mode, $0.owner, $0.modified) = (0o1711, 11, (1_234, 5)) }),
            ]),
        ]
    ) {
        $0.children("", "a", "b")
        // containerd passes over entries for the root.
        $0.member("", .directory, mode: 0o755, owner: 0, group: 0)
        $0.expect($0[""]?.attributes == [:], "the root has attributes")
    }

    /// The top layer says nothing of the root.
    private static let rootEntryBelow = ImagePlan(
        "root-entry-below",
        layers: [
            .init([.folder("./", { ($0.mode, $0.owner, $0.group, $0.modified) = (0o1711, 3, 4, (9, 0)) })]),
            .init([.file("a", "a")]),
        ]
    ) {
        $0.file("a", "a")
        $0.member("", .directory, mode: 0o755, owner: 0, group: 0)
    }
}

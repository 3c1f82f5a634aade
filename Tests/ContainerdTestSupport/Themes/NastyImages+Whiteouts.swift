extension NastyImages {
    static var whiteouts: [ImagePlan] {
        [whiteout, lowest, opaque, opaqueFirst, opaqueImplicit, opaqueRoot, whiteoutThenAgain, aufsData]
            + [
                .refused("whiteout-after-file", "file exists", [.file("x", "1"), .file(".wh.x")])
            ]
    }

    private static let whiteout = ImagePlan(
        "whiteout",
        layers: [
            .init([
                .folder("a/"), .file("a/kept", "kept"), .file("a/gone", "gone"), .folder("b/"), .file("b/inside", "x"),
                .symlink("link", to: "a/kept"), .file("one", "1"), .hardLink("two", to: "one"), .file("again", "first"),
                .folder("d/"), .folder("d/e/"), .file("d/e/f", "f"),
            ]),
            .init([
                .file("a/.wh.gone"), .file(".wh.b"), .file(".wh.link"), .file(".wh.one"), .file(".wh.never-there"),
                .file(".wh.again"), .folder("d/"), .file("d/.wh.e", "with content", { $0.mode = 0o777 }),
            ]),
            .init([.file("again", "second"), .file("b", "now a file")]),
        ]
    ) {
        $0.file("a/kept", "kept")
        $0.absent("a/gone", "b/inside", "link", "one", "never-there", "d/e", "d/e/f")
        $0.file("again", "second")
        $0.file("b", "now a file")
        $0.member("two", .file)
        $0.children("d")
        $0.children("", "a", "again", "b", "d", "two")
    }

    /// With nothing below, a whiteout takes away what came before it in its own layer.
    private static let lowest = ImagePlan(
        "whiteout-in-the-lowest",
        layers: [
            .init([
                .file("x", "x"), .file(".wh.x"), .file(".wh.never-there"), .folder("d/"), .file("d/.wh..wh..opq"),
                .file("d/y", "y"), .file("again", "1"), .file(".wh.again"), .file("again", "2"),
            ])
        ]
    ) {
        $0.children("", "again", "d")
        $0.children("d", "y")
        $0.file("again", "2")
    }

    private static let below: ImagePlan.Layer = .init([
        .folder("d/", { $0.mode = 0o751 }), .file("d/old", "old"), .folder("d/sub/"), .file("d/sub/old", "old"),
    ])

    private static let opaque = ImagePlan(
        "opaque", layers: [below, .init([.folder("d/"), .file("d/new", "new"), .file("d/.wh..wh..opq")])]
    ) {
        $0.children("d", "new")
        $0.absent("d/old", "d/sub", "d/sub/old", "d/.wh..wh..opq")
    }

    private static let opaqueFirst = ImagePlan(
        "opaque-first",
        layers: [below, .init([.folder("d/"), .file("d/.wh..wh..opq"), .folder("d/sub/"), .file("d/sub/new", "new")])]
    ) {
        $0.children("d", "sub")
        $0.children("d/sub", "new")
    }

    private static let opaqueImplicit = ImagePlan(
        "opaque-implicit", layers: [below, .init([.file("d/sub/.wh..wh..opq"), .file("d/sub/new", "new")])]
    ) {
        $0.children("d", "old", "sub")
        $0.children("d/sub", "new")
        // A folder that the layer does not mention keeps what it was.
        $0.member("d", .directory, mode: 0o751)
    }

    private static let opaqueRoot = ImagePlan(
        "opaque-root", layers: [below, .init([.file(".wh..wh..opq"), .file("only", "only")])]
    ) {
        // overlayfs knows no opaque root: everything stays.
        $0.children("", "d", "only")
        $0.file("d/old", "old")
    }

    private static let whiteoutThenAgain = ImagePlan(
        "whiteout-then-again",
        layers: [
            .init([.folder("d/"), .file("d/old", "old"), .file("f", "old"), .file("g", "old")]),
            .init([.file(".wh.d"), .folder("d/"), .file("d/new", "new"), .file(".wh.f"), .file("f", "new")]),
        ]
    ) {
        // The folder that comes after its own whiteout takes the whiteout's place, so what was below shows again.
        $0.children("d", "new", "old")
        $0.file("f", "new")
        $0.file("g", "old")
    }

    /// What an aufs differ writes for itself is not part of the image.
    private static let aufsData = ImagePlan(
        "aufs-data",
        layers: [
            .init([
                .folder(".wh..wh.plnk/"), .file(".wh..wh.plnk/119.4311", "linked"), .folder(".wh..wh.orph/"),
                .file(".wh..wh.aufs"), .hardLink("linked", to: ".wh..wh.plnk/119.4311"), .file("x", "x"),
            ])
        ]
    ) {
        $0.file("x", "x")
        $0.file("linked", "linked")
        $0.absent(".wh..wh.aufs", ".wh..wh.orph")
        // Only names that begin so are passed over: what is below such a folder is an entry like any other.
        $0.hardLinked(".wh..wh.plnk/119.4311", "linked")
    }
}

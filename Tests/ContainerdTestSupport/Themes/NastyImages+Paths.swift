extension NastyImages {
    static var paths: [ImagePlan] {
        [unclean, escaping]
            + [
                .refused("hard-link-escape", "no such file", [.hardLink("x", to: "../../../../../etc/passwd")]),
                .refused("hard-link-absolute", "no such file", [.hardLink("x", to: "/etc/passwd")]),
            ]
    }

    private static let unclean = ImagePlan(
        "unclean-paths",
        layers: [
            .init([
                .file("./dot", "dot"), .file("a//b", "ab"), .file("c/./d", "cd"), .file("e/../f", "f"), .folder("g"),
                .file("/absolute", "absolute"), .file("//twice", "twice"), .folder("h/."), .folder("i///"),
                .file("j/../k/../l", "l"), .hardLink("./m", to: "./dot"), .file("n/.wh.x/../o", "o"),
            ])
        ]
    ) {
        $0.file("dot", "dot")
        $0.file("a/b", "ab")
        $0.file("c/d", "cd")
        $0.file("f", "f")
        $0.file("absolute", "absolute")
        $0.file("twice", "twice")
        $0.member("g", .directory)
        $0.file("l", "l")
        $0.hardLinked("dot", "m")
    }

    /// Names that lead out of the image stay inside of it.
    private static let escaping = ImagePlan(
        "escaping-paths",
        layers: [
            .init([
                .file("../up", "up"), .file("../../../../tmp/kubeferry-escape", "x"), .file("a/../../b", "b"),
                .folder("../d/"), .file("../d/e", "e"), .file("/../rooted", "rooted"), .symlink("../s", to: "../.."),
            ]),
            .init([.file("../.wh.up"), .file("../d/.wh..wh..opq")]),
        ]
    ) {
        $0.file("tmp/kubeferry-escape", "x")
        $0.file("b", "b")
        $0.file("rooted", "rooted")
        $0.absent("up", "d/e")
        $0.symlink("s", to: "../..")
    }
}

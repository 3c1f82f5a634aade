extension NastyImages {
    static var names: [ImagePlan] {
        [
            oddNames, longNames, longLinks, path4000,
            // A path has at most 4095 bytes, with the folder that it is below.
            .refused("name-4096", "file name too long", [.file(deep(4096), "x")]),
            .refused("component-256", "file name too long", [.file(.repeating("n", count: 256), "x")]),
        ]
    }

    /// Folders of 250 letters, then a file, `count` bytes in all.
    public static func deep(_ count: Int) -> ByteString {
        let folder = String(repeating: "f", count: 250) + "/"
        let folders = String(repeating: folder, count: (count - 1) / 251)
        return ByteString(folders + String(repeating: "n", count: count - folders.utf8.count))
    }

    private static let odd: [ByteString] = [
        ByteString([0xff, 0xfe, 0x80]), ByteString([0x6d, 0xfc, 0x6c, 0x6c]), "new\nline", "tab\tand space ",
        "back\\slash",
        "-dash", "quote'\"", "*?[", "grüße", ByteString([0x65, 0xcc, 0x81]), ByteString([0xc3, 0xa9]), "...", " ",
        "\u{1}",
        "wh.not", ".whx", "a:b", "名前",
    ]

    private static let oddNames = ImagePlan(
        "odd-names",
        layers: [
            .init(odd.map { .file("ustar/" + $0, $0) }),
            .init(odd.map { name in .file("pax/" + name, name, { $0.format = .pax }) }, compression: .none),
            .init(odd.map { name in .file("gnu/" + name, name, { $0.format = .gnu }) }, compression: .zstd),
            .init(odd.map { .file("ustar/.wh." + $0) }),
        ]
    ) {
        for name in odd {
            $0.file("pax/" + name, name)
            $0.file("gnu/" + name, name)
            $0.absent("ustar/" + name)
        }
    }

    private static let longNames: ImagePlan = {
        let lengths = [99, 100, 101, 155, 156, 157, 255, 256, 257, 300, 1000, 3000]
        @Sendable func name(_ format: String, _ length: Int) -> ByteString {
            let start = "\(format)/\(length)/"
            let rest = length - start.utf8.count
            // Parts of fifty letters, so that ustar can divide them.
            return ByteString(start + String((0..<rest).map { $0 % 50 == 49 && $0 != rest - 1 ? "/" : "n" }))
        }
        let gnu = lengths.map { length in TarEntry.file(name("gnu", length), "gnu", { $0.format = .gnu }) }
        let pax = lengths.map { length in TarEntry.file(name("pax", length), "pax", { $0.format = .pax }) }
        let ustar = lengths.filter { $0 <= 200 }.map { length in
            TarEntry.file(name("ustar", length), "ustar", { $0.format = .ustar })
        }
        let parts = [TarEntry.file(.repeating("p", count: 255), "255"), .folder(.repeating("d", count: 255) + "/")]
        return ImagePlan("long-names", layers: [.init(gnu + pax + ustar + parts)]) {
            for length in lengths {
                $0.file(name("gnu", length), "gnu")
                $0.file(name("pax", length), "pax")
                if length <= 200 { $0.file(name("ustar", length), "ustar") }
            }
            $0.file(.repeating("p", count: 255), "255")
            $0.member(.repeating("d", count: 255), .directory)
        }
    }()

    private static let longLinks = ImagePlan(
        "long-links",
        layers: [
            .init([
                .file(deep(900), "linked"), .hardLink("hard-gnu", to: deep(900), { $0.format = .gnu }),
                .hardLink("hard-pax", to: deep(900), { $0.format = .pax }),
                .symlink("sym-gnu", to: deep(2000), { $0.format = .gnu }),
                .symlink("sym-pax", to: deep(4000), { $0.format = .pax }),
                .symlink(deep(800), to: deep(901), { $0.format = .gnu }),
            ])
        ]
    ) {
        $0.hardLinked(deep(900), "hard-gnu", "hard-pax")
        $0.symlink("sym-gnu", to: deep(2000))
        $0.symlink("sym-pax", to: deep(4000))
        $0.symlink(deep(800), to: deep(901))
    }

    /// Near the limit and, below the folders where containerd keeps its snapshots, still within it.
    private static let path4000 = ImagePlan("path-3900", layers: [.init([.file(deep(3900), "deep")])]) {
        $0.file(deep(3900), "deep")
    }
}

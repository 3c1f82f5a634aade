extension NastyImages {
    static var headers: [ImagePlan] {
        [types, globalHeader, fields, contentOfOthers]
            + [
                ("volume", "V"), ("multi-volume", "M"), ("dump-folder", "D"), ("solaris-pax", "X"), ("contiguous", "7"),
                ("unknown", "Z"),
            ].map {
                // Each alone: what a tar reader knows and what a layer may hold are two lists.
                ImagePlan(
                    "type-\($0.0)",
                    layers: [.init([.file("before", "x"), TarEntry("odd", type: $0.1), .file("after", "x")])],
                    outcome: .refused("unhandled tar header type"))
            }
    }

    private static let types = ImagePlan(
        "types",
        layers: [
            .init([
                TarEntry("old", type: "\0") { $0.content = Array("0".utf8) }, TarEntry("old-folder/", type: "\0"),
                .file("new-folder/"), .file("real", "x"),
            ])
        ]
    ) {
        $0.file("old", "0")
        $0.member("old-folder", .directory)
        $0.file("real", "x")
    }

    private static let globalHeader: ImagePlan = {
        var tar = LayerTar()
        tar.pax([("comment", "0123456789abcdef")], type: "g", name: "pax_global_header")
        tar.add(.file("a", "a"))
        tar.pax([("mtime", "1"), ("uid", "99")], type: "g", name: "pax_global_header")
        tar.add(.file("b", "b"))
        tar.end()
        return ImagePlan("global-header", layers: [.init(bytes: tar.bytes)]) {
            $0.file("a", "a")
            $0.file("b", "b")
            $0.absent("pax_global_header")
        }
    }()

    /// Numbers as other programs write them.
    private static let fields: ImagePlan = {
        func block(_ name: ByteString, _ change: (inout TarHeaderBlock) -> Void) -> [UInt8] {
            var block = TarHeaderBlock(.file(name, "x") { $0.modified = (1_000, 0) })
            change(&block)
            block.seal()
            return block.bytes + [UInt8(ascii: "x")] + [UInt8](repeating: 0, count: 511)
        }
        var tar = LayerTar()
        tar.write(block("v7") { $0.put([UInt8](repeating: 0, count: 8), at: 257) })
        tar.write(block("spaces") { $0.put(Array("   644 \u{0}".utf8), at: 100) })
        tar.write(block("leading-zeros") { $0.put(Array("00000001750\u{0}".utf8), at: 136) })
        tar.write(block("full-width") { $0.put(Array("000000001750".utf8), at: 136) })
        tar.write(block("base-256-size") { $0.base256(1, at: 124, count: 12) })
        tar.write(block("base-256-mode") { $0.base256(0o640, at: 100, count: 8) })
        tar.write(block("empty-owner") { $0.put([UInt8](repeating: 0, count: 8), at: 108) })
        tar.write(
            block("gnu-times") {
                $0.put(Array("ustar  \u{0}".utf8), at: 257)
                $0.number(500, at: 345, count: 12)
                $0.number(600, at: 357, count: 12)
            })
        tar.write(
            block("star") {
                $0.put(Array("tar\u{0}".utf8), at: 508)
                $0.number(500, at: 476, count: 12)
                $0.number(600, at: 488, count: 12)
            })
        tar.end()
        return ImagePlan("header-fields", layers: [.init(bytes: tar.bytes)]) {
            for name: ByteString in [
                "v7", "spaces", "leading-zeros", "full-width", "base-256-size", "gnu-times", "star",
            ] {
                $0.file(name, "x")
                $0.member(name, .file, mode: 0o644, owner: 0, modified: 1_000)
            }
            $0.member("base-256-mode", .file, mode: 0o640)
        }
    }()

    /// Links, folders and devices have no content, whatever their header says.
    private static let contentOfOthers: ImagePlan = {
        var tar = LayerTar()
        tar.add(.folder("d/", { $0.statedSize = 512 }))
        tar.add(.symlink("l", to: "x", { $0.statedSize = 512 }))
        tar.add(.device("n", type: "3", 1, 3, { $0.statedSize = 512 }))
        tar.add(.file("f", "f"))
        tar.end()
        return ImagePlan("content-of-others", layers: [.init(bytes: tar.bytes)]) {
            $0.member("d", .directory)
            $0.file("f", "f")
        }
    }()
}

extension NastyImages {
    /// How images are published, rather than what is in them.
    static var publishing: [ImagePlan] {
        [
            compressions("oci-manifest", .oci, .manifest, [.gzip, .zstd, .none]),
            compressions("oci-index", .oci, .index, [.none, .gzip, .zstd]),
            compressions("docker-manifest", .docker, .manifest, [.gzip, .none, .gzip]),
            compressions("docker-index", .docker, .index, [.gzip, .gzip, .none]),
            compressions("several-frames", .oci, .manifest, [.gzipMembers, .zstdFrames, .gzip]),
            empty, noLayers, sameLayers, manyLayers, withoutEnd, trailing,
        ]
    }

    private static func compressions(
        _ name: String, _ family: ImagePlan.Family, _ target: ImagePlan.Target,
        _ compressions: [ImagePlan.Layer.Compression]
    ) -> ImagePlan {
        let layers = compressions.enumerated().map { index, compression in
            ImagePlan.Layer(
                [.file(ByteString("layer\(index)"), ByteString("\(name) \(compression)"))], compression: compression)
        }
        return ImagePlan(name, layers: layers) { $0.children("", "layer0", "layer1", "layer2") }.with {
            $0.family = family
            $0.target = target
        }
    }

    /// Layers with nothing in them: an end alone, and the one that Docker made for commands without files.
    private static let empty = ImagePlan(
        "empty-layers",
        layers: [
            .init([]), .init([.file("x", "x")]), .init([]), .init(bytes: [UInt8](repeating: 0, count: 10_240)),
        ]
    ) { $0.children("", "x") }

    /// Nothing but a config.
    private static let noLayers = ImagePlan("no-layers", layers: [])

    /// One layer several times: one blob, one diffID, several snapshots.
    private static let sameLayers = ImagePlan(
        "same-layers",
        layers: [
            .init([.file("x", "1"), .file(".wh.y")]), .init([.file("x", "2"), .file("y", "y")]),
            .init([.file("x", "1"), .file(".wh.y")]), .init([.file("x", "1"), .file(".wh.y")]),
        ]
    ) {
        $0.file("x", "1")
        $0.children("", "x")
    }

    private static let manyLayers = ImagePlan(
        "many-layers",
        layers: (0..<60).map { number in
            .init([.file("number", ByteString("\(number)")), .file(ByteString("kept\(number)"), "x")])
        }
    ) {
        $0.file("number", "59")
        for number in 0..<60 { $0.file(ByteString("kept\(number)"), "x") }
    }

    private static let withoutEnd: ImagePlan = {
        var tar = LayerTar()
        tar.add(.file("x", "x"))
        return ImagePlan("without-end", layers: [.init(bytes: tar.bytes)]) { $0.file("x", "x") }
    }()

    /// What comes after the end counts for the digest, and for nothing else.
    private static let trailing: ImagePlan = {
        var tar = LayerTar()
        tar.add(.file("x", "x"))
        tar.end()
        tar.add(.file("hidden", "x"))
        tar.write(Array("not even a header".utf8))
        return ImagePlan("trailing-bytes", layers: [.init(bytes: tar.bytes)]) { $0.children("", "x") }
    }()
}

import TestSupport

/// Images of random members under few names, so that they meet each other: what nobody thought of.
public enum RandomImage {
    private static let folders: [ByteString] = ["d/", "d/e/", "g/"]
    private static let files: [ByteString] = ["a", "b", "d/a", "d/b", "d/e/a", "g/a", "n/a", "./a", "/d/a", "d/../b"]
    private static let targets: [ByteString] = ["a", "d", "/d", "../d", "d/e", "e", "nowhere", "/g", "."]
    private static let names: [ByteString] = files + ["d", "d/e", "g", "l", "l/a", "d/l", "d/l/b"]

    /// The same image for the same seed. Its outcome is not known beforehand.
    public static func plan(seed: UInt64) -> ImagePlan {
        var random = SeededGenerator(seed: seed)
        let layers = (0..<Int.random(in: 1...3, using: &random)).map { _ in layer(&random) }
        return ImagePlan("random-\(seed)", layers: layers)
    }

    private static func layer(_ random: inout SeededGenerator) -> ImagePlan.Layer {
        var made: [ByteString] = []
        var entries: [TarEntry] = []
        for number in 0..<Int.random(in: 1...9, using: &random) {
            var entry = entry(made, number, &random)
            entry.mode = random.pick([0o644, 0o755, 0o600, 0o4755, 0o2711, 0o1777, 0])
            if random.chance(40) { (entry.owner, entry.group) = (random.pick([0, 1, 1000]), random.pick([0, 5])) }
            entry.modified = (Int64(1_000 + number), random.pick([0, 5]))
            if random.chance(15) { entry.attribute(random.pick(["user.x", "user.y"]), ByteString("\(number)")) }
            if random.chance(5) { entry.attribute("security.capability", NastyImages.capability) }
            entry.format = random.pick([.automatic, .automatic, .pax, .gnu])
            entries.append(entry)
            if entry.type == UInt8(ascii: "0") { made.append(entry.name) }
        }
        return ImagePlan.Layer(entries, compression: random.pick([.gzip, .zstd, .none]))
    }

    private static func entry(_ made: [ByteString], _ number: Int, _ random: inout SeededGenerator) -> TarEntry {
        // Now and then a name that usually is something else.
        let name = random.chance(15) ? random.pick(names) : random.pick(files)
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<30: return .file(name, ByteString("content \(number)"))
        case 30..<52: return .folder(random.chance(15) ? name : random.pick(folders))
        case 52..<62: return .symlink(random.chance(30) ? name : random.pick(["l", "d/l"]), to: random.pick(targets))
        case 62..<76:
            guard let last = made.last, random.chance(90) else { return .hardLink(name, to: random.pick(files)) }
            return .hardLink(name, to: random.chance(50) ? last : random.pick(made))
        case 76..<86: return .file(whiteout(random.chance(50) ? name : random.pick(names)))
        case 86..<90: return .file(random.pick(["d/", "d/e/", "", "g/"]) + ".wh..wh..opq")
        case 90..<95: return .device(name, type: "6")
        default: return .device(name, type: random.pick(["3", "4"]), 1, UInt64(number))
        }
    }

    private static func whiteout(_ name: ByteString) -> ByteString {
        guard let slash = name.bytes.lastIndex(of: UInt8(ascii: "/")) else { return ".wh." + name }
        return ByteString(name.bytes[...slash]) + ".wh." + ByteString(name.bytes[(slash + 1)...])
    }
}

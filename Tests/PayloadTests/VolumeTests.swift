import Archive
import BundleModel
import FoundationEssentials
import Host
import Signing
import SystemPackage
import Testing

@testable import Payload

/// A bundle in volumes is read where it is, and a wrong volume is named.
struct VolumeTests {
    private static let volumeSize: UInt64 = 9000

    /// A bundle and its volumes `set.001` and on, in the same folder.
    private func split(_ sample: SampleBundle, size: UInt64 = Self.volumeSize) throws -> [FilePath] {
        let bundle = try BundleFile.open(sample.file)
        let volumes = try VolumeWriter.write(bundle, into: sample.folder, name: "set", volumeSize: size) { _ in }
        #expect(
            try volumes.map(\.name)
                == VolumeWriter.volumeNames(of: bundle, name: "set", volumeSize: size))
        return volumes.map { sample.folder.appending($0.name) }
    }

    private func sample() throws -> SampleBundle { try SampleBundle(tool: VerifyTests.noise(40_000)) }

    private func error(_ path: FilePath) -> PayloadError {
        do {
            _ = try BundleFile.open(path)
            return .unusable("it opened")
        } catch let error as PayloadError {
            return error
        } catch {
            return .unusable("\(error)")
        }
    }

    @Test func aSetIsReadAsTheFileThatItWasMadeOf() async throws {
        let sample = try sample()
        defer { sample.remove() }
        let whole = try BundleFile.open(sample.file)
        let volumes = try split(sample)
        try #require(volumes.count > 4)
        // By any volume, and by the set's name.
        for path in [volumes[0], volumes[2], volumes[volumes.count - 1], sample.folder.appending("set")] {
            let bundle = try BundleFile.open(path)
            #expect(bundle.indexBytes == whole.indexBytes && bundle.regions == whole.regions)
            #expect(bundle.volumes == volumes)
            try await bundle.verify(bundle.index.packs)
            for pack in bundle.index.packs {
                var members = 0
                try bundle.reader(of: pack).forEachMember(pack.members) { _, _ in
                    members += 1
                    return true
                }
                #expect(members == pack.members.count)
            }
        }
    }

    @Test(arguments: [UInt64(5000), 8320, 9000, 9128, 100_000])
    func everyVolumeButTheLastIsFullAndAllTogetherAreTheBundle(size: UInt64) throws {
        let sample = try sample()
        defer { sample.remove() }
        let volumes = try split(sample, size: size)
        let contents = try volumes.map { try SampleBundle.read($0) }
        #expect(contents.dropLast().allSatisfy { UInt64($0.count) == size })
        #expect(contents.allSatisfy { UInt64($0.count) <= size && $0.count > 128 })
        #expect(try contents.flatMap { $0.dropLast(128) } == sample.bytes)
    }

    @Test func theFirstVolumeIsAnExecutableAndTheOthersAreNot() throws {
        let sample = try sample()
        defer { sample.remove() }
        let modes = try split(sample).map { try FileSystem.status($0)?.mode ?? 0 }
        #expect(modes.first == 0o755)
        #expect(modes.dropFirst().allSatisfy { $0 == 0o644 })
    }

    @Test func stockToolsJoinThem() async throws {
        let sample = try sample()
        defer { sample.remove() }
        _ = try split(sample)
        let script = """
            cd "$1" && for volume in set.???; do head -c -128 "$volume"; done >joined && cmp joined sample.run
            """
        _ = try await SystemProcessRunner().require(Command("sh", ["-c", script, "sh", sample.folder.string]))
    }

    @Test func aMissingVolumeIsNamed() throws {
        let sample = try sample()
        defer { sample.remove() }
        let volumes = try split(sample)
        try FileSystem.remove(volumes[2])
        let expected = PayloadError.volume(volumes[2].string, .missing(number: 3, count: volumes.count))
        #expect(error(volumes[0]) == expected && error(volumes[3]) == expected)
        #expect(expected.message.hasSuffix("set.003: volume 3 of \(volumes.count) is missing"))
        #expect(expected.category.exitCode == 30)
    }

    @Test func aVolumeThatIsCutOffIsNamedWithBothSizes() throws {
        let sample = try sample()
        defer { sample.remove() }
        let volumes = try split(sample)
        for number in [0, 1, volumes.count - 1] {
            let whole = try SampleBundle.read(volumes[number])
            let size = UInt64(whole.count)
            for wrong in [Array(whole.dropLast()), Array(whole.prefix(100)), whole + [0]] {
                try SampleBundle.write(wrong, to: volumes[number])
                let problem = VolumeProblem.wrongSize(expected: size, actual: UInt64(wrong.count))
                #expect(error(volumes[3]) == .volume(volumes[number].string, problem))
                // As the name that was given.
                #expect(error(volumes[number]) == .volume(volumes[number].string, problem))
            }
            try SampleBundle.write(whole, to: volumes[number])
        }
        _ = try BundleFile.open(volumes[0])
    }

    @Test func everyByteOfAFooterIsGuarded() throws {
        let sample = try sample()
        defer { sample.remove() }
        let volumes = try split(sample)
        let flip = ByteFlip(volumes[1])
        for byte in 0..<VolumeFooter.byteCount {
            let offset = Self.volumeSize - VolumeFooter.byteCount + byte
            try flip.apply(at: offset, mask: 1)
            #expect(error(volumes[0]) == .volume(volumes[1].string, .noFooter), "byte \(byte)")
            try flip.apply(at: offset, mask: 1)
        }
        _ = try BundleFile.open(volumes[0])
    }

    /// Their own digest is right: anybody can make one.
    @Test func numbersThatCannotBeAreNoFooter() {
        let most: UInt64 = 1 << 60
        let more = most + 1
        let hostile: [(number: Int, count: Int, content: UInt64, bundle: UInt64)] = [
            (0, 1, 10, 10), (2, 1, 10, 10), (1, 2, 10, 10), (1, 0, 10, 0), (1, 1, 10, 0), (1, 1, 0, 0), (1, 1, 0, 10),
            (1, 1000, 1, 1000), (1, 1, more, 1), (1, 1, more, more), (999, 999, .max, .max), (2, 2, .max, 1),
        ]
        for numbers in hostile {
            #expect(VolumeFooter.decode(footer(numbers).encode()) == VolumeFooter.Reading.none, "\(numbers)")
        }
        let good: [(number: Int, count: Int, content: UInt64, bundle: UInt64)] = [
            (1, 1, 10, 10), (2, 2, 10, 11), (2, 2, 10, 20), (999, 999, 1, 999), (1, 1, most, most),
        ]
        let sizes: [UInt64] = [138, 129, 138, 129, most + 128]
        for (numbers, size) in zip(good, sizes) {
            let footer = footer(numbers)
            #expect(VolumeFooter.decode(footer.encode()) == .footer(footer), "\(numbers)")
            #expect(footer.fileSize == size, "\(numbers)")
        }
    }

    private func footer(_ numbers: (number: Int, count: Int, content: UInt64, bundle: UInt64)) -> VolumeFooter {
        VolumeFooter(
            number: numbers.number, count: numbers.count, contentSize: numbers.content, bundleSize: numbers.bundle,
            bundle: SHA256Hasher.hash([1]))
    }

    @Test func twoVolumesUnderEachOthersNamesAreNamed() throws {
        let sample = try sample()
        defer { sample.remove() }
        let volumes = try split(sample)
        let (second, third) = (try SampleBundle.read(volumes[1]), try SampleBundle.read(volumes[2]))
        try SampleBundle.write(third, to: volumes[1])
        try SampleBundle.write(second, to: volumes[2])
        #expect(error(volumes[0]) == .volume(volumes[1].string, .swapped(expected: 2, actual: 3)))
    }

    @Test func aVolumeOfAnotherBundleOrAnotherSplitIsNamed() throws {
        let (sample, other) = (try sample(), try SampleBundle(tool: VerifyTests.noise(40_000, seed: 7)))
        defer {
            sample.remove()
            other.remove()
        }
        let volumes = try split(sample)
        let foreign = try split(other)
        let own = try SampleBundle.read(volumes[1])
        try SampleBundle.write(SampleBundle.read(foreign[1]), to: volumes[1])
        let problem = VolumeProblem.foreign(
            expected: SHA256Hasher.hash(try sample.bytes), actual: SHA256Hasher.hash(try other.bytes))
        #expect(error(volumes[0]) == .volume(volumes[1].string, problem))

        try SampleBundle.write(own, to: volumes[1])
        let folder = sample.folder.appending("narrow")
        try FileSystem.makeDirectories(folder)
        let narrow = try VolumeWriter.write(
            BundleFile.open(sample.file), into: folder, name: "set", volumeSize: 8000
        ) { _ in }
        try SampleBundle.write(SampleBundle.read(folder.appending(narrow[1].name)), to: volumes[1])
        guard case .volume(volumes[1].string, .otherSplit(let expected, let actual)) = error(volumes[0]) else {
            Issue.record("\(error(volumes[0]))")
            return
        }
        #expect(expected == "\(volumes.count) volumes of 9000 bytes")
        #expect(actual == "\(narrow.count) volumes of 8000 bytes")
    }

    @Test func aVolumeWithoutItsNumberSaysWhichItIs() throws {
        let sample = try sample()
        defer { sample.remove() }
        let volumes = try split(sample)
        let lone = sample.folder.appending("lone")
        try SampleBundle.write(SampleBundle.read(volumes[1]), to: lone)
        #expect(error(lone) == .volume(lone.string, .unnamed(number: 2, count: volumes.count)))
        #expect(error(lone).message.hasSuffix("its name does not end with .002"))
        // What `cat` makes of them.
        try SampleBundle.write(volumes.flatMap { try SampleBundle.read($0) }, to: lone)
        #expect(error(lone) == .volume(lone.string, .joined(number: volumes.count, count: volumes.count)))
    }

    @Test func damageInsideAVolumeIsNamedByTheVolumeAndTheBundlesBytes() async throws {
        let sample = try sample()
        defer { sample.remove() }
        let volumes = try split(sample)
        let pack = try BundleFile.open(sample.file).index.packs[0]
        let start = try BundleFile.open(sample.file).region(of: pack).lowerBound
        let content = Self.volumeSize - VolumeFooter.byteCount
        // One that does not lie across two volumes, nor in the first.
        let chunk = try #require(
            pack.chunks.indices.first { number in
                let first = start + UInt64(number) * pack.chunkSize
                return first >= content && first / content == (first + pack.chunkSize - 1) / content
            })
        let offset = start + UInt64(chunk) * pack.chunkSize
        let volume = volumes[Int(offset / content)]
        try ByteFlip(volume).apply(at: offset % content, mask: 1)
        let bundle = try BundleFile.open(volumes[0])
        let expected = PayloadError.damagedChunk(
            volume.string, pack: "node", chunk: chunk, range: offset..<offset + pack.chunkSize)
        await #expect(throws: expected) { try await bundle.verifyPacks([pack], threads: 1) }
    }

    /// Of none, of a footer alone, of too many, and of a first that does not hold the executable.
    @Test(arguments: [UInt64(0), 128, 129, 1128])
    func aSizeThatMakesNoVolumesIsRefused(size: UInt64) throws {
        let head: [UInt8] = [0x7f] + Array("ELF".utf8) + [UInt8](repeating: 1, count: 2000)
        let sample = try SampleBundle(head: head)
        defer { sample.remove() }
        let bundle = try BundleFile.open(sample.file)
        #expect(throws: PayloadError.self) {
            try VolumeWriter.volumeNames(of: bundle, name: "set", volumeSize: size)
        }
        #expect(try VolumeWriter.volumeNames(of: bundle, name: "set", volumeSize: 4000).count > 1)
    }

    @Test func aSignatureIsNotAttachedInOneVolumesPlace() throws {
        let sample = try sample()
        defer { sample.remove() }
        let volumes = try split(sample)
        let bundle = try BundleFile.open(volumes[0])
        let signature = try SigningKey.generate().signature(over: bundle.indexBytes)
        #expect(throws: PayloadError.self) { try BundleWriter.attach(signature, to: bundle, output: volumes[0]) }
        // To a whole file from volumes it is.
        let output = sample.folder.appending("whole.run")
        try BundleWriter.attach(signature, to: bundle, output: output)
        #expect(try BundleFile.open(output).signatures.count == 2)
    }
}

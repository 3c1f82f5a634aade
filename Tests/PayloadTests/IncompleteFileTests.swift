import BundleModel
import SystemPackage
import Testing

@testable import Payload

/// A file that lacks bytes, or has them in another order, is told apart as far as one can know.
struct IncompleteFileTests {
    @Test func aCutInEveryRegionIsNamedWithBothSizes() throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        let good = try sample.bytes
        let regions = try BundleFile.open(sample.file).regions
        let firstPack = try #require(regions.firstIndex { $0.name == "pack node" })
        for (number, region) in regions.enumerated() {
            // Between one byte less than the region and one byte of it.
            for size in [region.offset + 1, region.range.upperBound - 1] where size < region.range.upperBound {
                try SampleBundle.write(Array(good[..<Int(size)]), to: sample.file)
                let error = Self.error(sample.file)
                if number < 2 || size < 4096 + 512 {
                    guard case .notABundle = error else {
                        Issue.record("\(region.name): \(error)")
                        continue
                    }
                    #expect(error.category.exitCode == 35)
                } else {
                    guard case .truncated(_, let part, let expected, size) = error else {
                        Issue.record("\(region.name): \(error)")
                        continue
                    }
                    #expect(expected == (number < firstPack ? nil : UInt64(good.count)), "\(region.name)")
                    // A header begins with the padding of what is before it.
                    let before = ["header", "end"].contains { region.name.hasPrefix($0) } ? number - 1 : number
                    #expect([before, number].map { Self.part(regions[$0]) }.contains(part), "\(region.name)")
                    #expect(error.category.exitCode == 30)
                }
            }
        }
    }

    @Test func aRunningProgramThatIsCutOffDoesNotClaimToCarryNothing() throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        let good = try sample.bytes
        try SampleBundle.write(Array(good.dropLast(100)), to: sample.file)
        let error = try MissingTrailer(RandomAccessFile(sample.file)).error(isSelf: true)
        let size = UInt64(good.count)
        #expect(error == .truncated(sample.file.string, region: "end", expected: size, actual: size - 100))
        #expect(error.message.hasSuffix("is cut off in end: it should have \(size) bytes and has \(size - 100)"))
    }

    @Test(arguments: [1, 64, 100, 4096, 5000, 8192])
    func twoPartsInTheWrongOrderAreCalledThat(cut: Int) throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        let good = try sample.bytes
        try SampleBundle.write(Array(good[cut...] + good[..<cut]), to: sample.file)
        let error = Self.error(sample.file)
        guard case .wrongOrder(_, UInt64(good.count), let reason) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(reason == "the end of the bundle is at byte \(good.count - cut)")
        #expect(error.category.exitCode == 30)
        #expect(error.hint.contains("parts joined in the order"))
    }

    @Test func threePartsInAnyWrongOrderAreRefused() throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        let good = try sample.bytes
        let (one, two, three) = (good[..<4500], good[4500..<7000], good[7000...])
        for parts in [[one, three, two], [two, three, one], [three, one, two], [three, two, one]] {
            try SampleBundle.write(parts.flatMap { Array($0) }, to: sample.file)
            guard case .wrongOrder(_, UInt64(good.count), _) = Self.error(sample.file) else {
                Issue.record("\(Self.error(sample.file))")
                continue
            }
        }
        // The end is right: what is wrong is found where the tar should begin.
        try SampleBundle.write(Array(two + one + three), to: sample.file)
        guard case .damaged(_, "header", 4096, _) = Self.error(sample.file) else {
            Issue.record("\(Self.error(sample.file))")
            return
        }
    }

    @Test func aPartTwiceOrMissingGivesBothSizes() throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        let good = try sample.bytes
        let size = UInt64(good.count)
        let wrong = [
            good[...] + good[6000...], good[...6000] + good[6100...], good[...] + [0], good[...] + good[..<4096],
        ]
        for bytes in wrong {
            try SampleBundle.write(Array(bytes), to: sample.file)
            let actual = UInt64(bytes.count)
            #expect(
                Self.error(sample.file) == .wrongLength(sample.file.string, expected: size, actual: actual))
        }
    }

    @Test func aFileOfSomethingElseIsNoBundle() throws {
        let sample = try SampleBundle()
        defer { sample.remove() }
        for bytes in [[], [0], [UInt8](repeating: 0, count: 3 << 20), Array("KFBUNDLE\u{1}".utf8) * 10_000] {
            try SampleBundle.write(bytes, to: sample.file)
            #expect(Self.error(sample.file).category.exitCode == 35)
        }
    }

    private static func part(_ region: Region) -> String {
        var name = region.name
        if name.hasPrefix("header ") { name = String(name.dropFirst("header ".count)) }
        if name == "trailer" { return "end" }
        return name.hasPrefix("signature ") || name.hasPrefix("public key ") ? "signatures" : name
    }

    /// - Returns: what opening throws.
    private static func error(_ file: FilePath) -> PayloadError {
        do {
            _ = try BundleFile.open(file)
            return .unusable("it opened")
        } catch let error as PayloadError {
            return error
        } catch {
            return .unusable("\(error)")
        }
    }
}

extension [UInt8] {
    fileprivate static func * (bytes: Self, count: Int) -> Self { Array(repeatElement(bytes, count: count).joined()) }
}

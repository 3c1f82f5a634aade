import Archive
import Testing

@testable import BundleBuild

struct ControlReaderTests {
    /// Gives a few bytes at a time, so that every line lies across several reads.
    private final class Trickle: ByteSource {
        private var rest: ArraySlice<UInt8>
        private let step: Int

        init(_ text: String, step: Int) {
            rest = Array(text.utf8)[...]
            self.step = step
        }

        func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            let piece = rest.prefix(min(step, buffer.count))
            buffer.copyBytes(from: piece)
            rest = rest.dropFirst(piece.count)
            return piece.count
        }
    }

    private static let text = """
        # a comment

        Package: one
        Depends: a,
         b
        Description: short
         long
         .
        \t

        package: two
        VERSION:2
        """

    @Test(arguments: [1, 2, 7, 1000])
    func paragraphsAreReadWhateverTheReadsAre(_ step: Int) throws {
        let reader = ControlReader(Trickle(Self.text, step: step), place: "test")
        let one = try #require(try reader.next())
        #expect(one["Package"] == "one" && one["depends"] == "a,\nb" && one["Description"] == "short\nlong\n.")
        let two = try #require(try reader.next())
        #expect(two["Package"] == "two" && two["Version"] == "2" && two["Depends"] == nil)
        #expect(try reader.next() == nil)
        #expect(try reader.next() == nil)
    }

    @Test func fieldsThatNobodyWantsAreNotKept() throws {
        let reader = ControlReader(Trickle(Self.text, step: 9), place: "test", keeping: ["package"])
        let one = try #require(try reader.next())
        #expect(one["Package"] == "one" && one["Depends"] == nil && one["Description"] == nil)
        // A paragraph without any of them is still one.
        let other = ControlReader(Trickle(Self.text, step: 9), place: "test", keeping: ["essential"])
        let bare = try #require(try other.next())
        #expect(bare.isEmpty)
    }

    @Test(arguments: [
        (" continued\n", "line 1 continues"), ("Package: a\nnonsense\n", "line 2 is neither"),
        ("Package: a\npackage: b\n", "line 2 is the second field 'package'"), (": x\n", "line 1 is neither"),
    ])
    func whatIsNoParagraphIsRefusedWithItsLine(_ text: String, _ reason: String) {
        let error = #expect(throws: BundleBuildError.self) {
            try ControlParagraph.all(in: Array(text.utf8), place: "place")
        }
        #expect(error?.message.hasPrefix("cannot read place: \(reason)") == true)
    }

    @Test func aLineWithoutEndDoesNotFillTheMemory() {
        final class Endless: ByteSource {
            var given = 0
            func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
                given += buffer.count
                for index in buffer.indices { buffer[index] = UInt8(ascii: "x") }
                return buffer.count
            }
        }
        let source = Endless()
        #expect(throws: BundleBuildError.self) { try ControlReader(source, place: "test").next() }
        #expect(source.given < 8 << 20)
    }

    @Test func paragraphsWithoutEndDoNotFillTheMemory() throws {
        let text = String(repeating: "Package: a\nOther: b\n\n", count: 100)
        let reader = ControlReader(Trickle(text, step: 1000), place: "test", keeping: ["package"], totalLimit: 500)
        for _ in 0..<50 { #expect(try reader.next()?["Package"] == "a") }
        let error = #expect(throws: BundleBuildError.self) { try reader.next() }
        #expect(error?.message.contains("line 151 is behind 500 bytes") == true)
    }

    @Test func aParagraphWithoutEndDoesNotFillTheMemory() {
        final class Endless: ByteSource {
            var given = 0
            func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
                let line = Array((given == 0 ? "Depends: x\n" : String(repeating: " ", count: 1000) + "x\n").utf8)
                buffer.copyBytes(from: line)
                given += line.count
                return line.count
            }
        }
        let source = Endless()
        #expect(throws: BundleBuildError.self) { try ControlReader(source, place: "test").next() }
        #expect(source.given < 8 << 20)
    }
}

import NIOCore
import Testing

@testable import Containerd

struct PingFilterTests {
    private static func frame(_ type: UInt8, flags: UInt8 = 0, _ payload: [UInt8]) -> [UInt8] {
        [0, UInt8(payload.count >> 8), UInt8(payload.count & 255), type, flags, 0, 0, 0, 1] + payload
    }

    private static let question: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
    /// A message, a ping, an answer to a ping, two pings, a message that looks like a ping inside.
    private static let others = [
        frame(0, [UInt8](repeating: 7, count: 300)), frame(6, flags: 1, question), frame(0, frame(6, question)),
        frame(4, []),
    ]
    private static let pings = [frame(6, question), frame(6, question.reversed())]

    @Test(arguments: [1, 2, 3, 8, 9, 10, 16, 17, 18, 100, 1000])
    func pingsAreTakenOutWhereverTheStreamIsCut(size: Int) {
        let stream =
            Self.others[0] + Self.pings[0] + Self.others[1] + Self.pings[1] + Self.pings[0] + Self.others[2]
            + Self.others[3]
        var filter = PingFilter()
        var answers = ByteBuffer()
        var passed: [UInt8] = []
        for start in stride(from: 0, to: stream.count, by: size) {
            let piece = ByteBuffer(bytes: stream[start..<min(start + size, stream.count)])
            passed += Array(filter.filter(piece, answers: &answers).readableBytesView)
        }
        #expect(passed == Self.others.flatMap { $0 })
        let head: [UInt8] = [0, 0, 8, 6, 1, 0, 0, 0, 0]
        let questions = [Self.question, Self.question.reversed(), Self.question]
        #expect(Array(answers.readableBytesView) == questions.flatMap { head + $0 })
    }
}

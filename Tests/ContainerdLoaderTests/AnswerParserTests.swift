import NIOCore
import NIOHPACK
import NIOHTTP2
import Testing

@testable import Containerd

struct AnswerParserTests {
    private typealias Frame = HTTP2Frame.FramePayload

    private static func headers(_ fields: HPACKHeaders, end: Bool = false) -> Frame {
        .headers(.init(headers: fields, endStream: end))
    }

    private static func data(_ bytes: some Sequence<UInt8>, end: Bool = false) -> Frame {
        .data(.init(data: .byteBuffer(ByteBuffer(bytes: bytes)), endStream: end))
    }

    private static let begin = headers([":status": "200", "content-type": "application/grpc"])
    private static let success = headers(["grpc-status": "0"], end: true)

    /// All messages of an answer.
    private static func messages(_ frames: [Frame]) throws -> [[UInt8]] {
        var parser = AnswerParser()
        var found: [[UInt8]] = []
        for frame in frames {
            try parser.add(frame)
            while let message = try parser.next() { found.append(Array(message.readableBytesView)) }
        }
        #expect(try parser.hasEnded())
        return found
    }

    @Test(arguments: [1, 2, 4, 5, 6, 7, 100, 1000])
    func messagesAreFoundWhereverTheirBytesAreCut(size: Int) throws {
        let long = [UInt8](repeating: 7, count: 300)
        let bytes: [UInt8] = [0, 0, 0, 0, 2, 8, 9] + [0, 0, 0, 0, 0] + [0, 0, 0, 1, 44] + long
        let pieces = stride(from: 0, to: bytes.count, by: size).map { bytes[$0..<min($0 + size, bytes.count)] }
        let found = try Self.messages([Self.begin] + pieces.map { Self.data($0) } + [Self.success])
        #expect(found == [[8, 9], [], long])
    }

    @Test func anAnswerOfTrailersAloneIsAFailureOrNothing() throws {
        let fields: HPACKHeaders = [
            ":status": "200", "content-type": "application/grpc", "grpc-status": "5", "grpc-message": "no%20%C3%A9 5%",
        ]
        var parser = AnswerParser()
        try parser.add(Self.headers(fields, end: true))
        #expect(throws: CallFailure(status: .notFound, reason: "no é 5%")) { try parser.hasEnded() }
        let nothing: HPACKHeaders = [":status": "200", "content-type": "application/grpc", "grpc-status": "0"]
        #expect(try Self.messages([Self.headers(nothing, end: true)]) == [])
    }

    @Test func earlyAnswersOfHTTPArePassedOver() throws {
        #expect(try Self.messages([Self.headers([":status": "103"]), Self.begin, Self.success]) == [])
    }

    private static let broken: [(frames: [Frame], status: CallStatus)] = [
        ([headers([":status": "404", "content-type": "text/plain"])], .unimplemented),
        ([headers([":status": "503"])], .unavailable),
        ([headers([":status": "200", "content-type": "text/html"])], .other),
        ([data([0])], .other),
        ([begin, data([0], end: true)], .other),
        ([begin, headers(["grpc-status": "0"])], .other),
        ([begin, headers([:], end: true)], .other),
        ([begin, data([0, 0, 0, 0, 2, 1]), success], .other),
        ([begin, success, data([0])], .other),
        ([begin, data([1, 0, 0, 0, 0])], .other),
        ([begin, data([0, 1, 0, 0, 1])], .resourceExhausted),
        ([begin, headers(["grpc-status": "8"], end: true)], .resourceExhausted),
    ]

    @Test(arguments: broken.indices)
    func whatIsNoAnswerFails(index: Int) throws {
        let (frames, status) = Self.broken[index]
        let error = #expect(throws: CallFailure.self) { try Self.messages(frames) }
        #expect(error?.status == status)
    }
}

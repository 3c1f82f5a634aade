import BundleModel
import Payload
import Testing

struct PayloadErrorTests {
    @Test(arguments: [
        PayloadError.system("open", path: "/x", errno: 2), .unreadable("/x", offset: 1, errno: 5),
        .system("write", path: "/x", errno: 28),
        .notABundle("/x", reason: "r"), .noPayload("/x"), .wrongLength("/x", expected: 1, actual: 2),
        .truncated("/x", region: "r", expected: nil, actual: 1), .wrongOrder("/x", size: 1, reason: "r"),
        .newer("/x", what: "w", found: 2, known: 1), .damaged("/x", region: "r", offset: 0, reason: "r"),
        .damagedChunk("/x", pack: "p", chunk: 0, range: 0..<1), .unknownPack("p"), .unusable("r"),
        .volume("/x", .missing(number: 1, count: 2)), .badImage("i", reason: "r"), .beyondRepair("/x", parts: ["p"]),
    ])
    func everyErrorSaysWhatToDoInOneLine(_ error: PayloadError) {
        #expect(!error.hint.isEmpty && !error.hint.contains("\n"))
    }
}

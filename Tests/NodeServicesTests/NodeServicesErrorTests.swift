import BundleModel
import NodeServices
import Testing

struct NodeServicesErrorTests {
    @Test(arguments: [
        NodeServicesError.badAddress("x"), .cannotListen(endpoint: "e", reason: "r"),
        .unreachable(endpoint: "e", reason: "r"), .timedOut(endpoint: "e", seconds: 1),
        .badAnswer(endpoint: "e", reason: "r"), .pinMismatch(endpoint: "e", expected: "a", actual: "b"),
        .badCredentials(path: "/x", reason: "r"), .apiRefused(request: "GET /x", status: 500, reason: "r"),
        .conflict(object: "o", attempts: 3), .badDocument(path: "/x", reason: "r"), .noMasterAnswers([]),
        .refused(JoinRefusal(.busy, "no")), .unknownInvite("x"), .notAMaster(missing: "/x"),
    ])
    func everyErrorSaysWhatToDoInOneLine(_ error: NodeServicesError) {
        #expect(!error.hint.isEmpty && !error.hint.contains("\n"))
    }
}

import Archive
import Signing
import Testing

#if canImport(Glibc)
    import Glibc
#endif

struct ArchiveErrorTests {
    private static let digest = SHA256Hasher.hash([1])

    private static let all: [ArchiveError] = [
        .system("open", path: "/x", errno: ENOSPC), .system("open", path: "/x", errno: EACCES),
        .hostileMember("../x", archive: "a", reason: "r"), .corrupt(archive: "a", offset: 1, reason: "r"),
        .truncated(archive: "a", offset: 1), .wrongDigest("x", expected: digest, actual: digest),
        .unexpectedMember("x", reason: "r"), .missingMembers(["x"], archive: "a"),
        .unusableSource("/x", reason: "r"), .badCompression("r"), .library(call: "c", reason: "r"),
    ]

    @Test(arguments: all)
    func everyErrorSaysInOneLineWhatToDo(_ error: ArchiveError) {
        #expect(!error.hint.isEmpty && !error.hint.contains("\n"))
    }
}

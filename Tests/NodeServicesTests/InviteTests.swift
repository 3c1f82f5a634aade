import BundleModel
import NodeServices
import Testing

struct InviteTests {
    private let masters = [("10.0.0.1:7444"), ("[fd00::12]:7444"), ("192.168.7.9:40000")]

    private func invite(_ count: Int = 3, role: NodeRole = .master) throws -> Invite {
        try Samples.invite(masters: masters.prefix(count).map { try Endpoint($0) }, role: role)
    }

    @Test(arguments: [1, 2, 3], [NodeRole.master, .worker])
    func textReadsBackAsTheSameInvite(count: Int, role: NodeRole) throws {
        let made = try invite(count, role: role)
        let read = try Invite(made.text)
        #expect(read.masters == made.masters)
        #expect(read.id == made.id)
        #expect(read.secret == made.secret)
        #expect(read.role == role)
        #expect(read.expiresAt == made.expiresAt)
        #expect(read.pin == made.pin.truncated)
        #expect(read.pin.bytes.count == 16)
        #expect(read.text == made.text)
    }

    @Test func textIsOneLineThatStartsWithItsVersion() throws {
        let text = try invite(1).text
        #expect(text.hasPrefix("kf1-"))
        #expect(text.utf8.allSatisfy { "abcdefghjkmnpqrstvwxyz0123456789-".utf8.contains($0) || text.hasPrefix("kf1") })
        #expect(!text.contains("\n"))
        #expect(text.utf8.count < 120)
    }

    @Test func typedFormsReadAlike() throws {
        let made = try invite(1)
        let digits = String(made.text.dropFirst(4))
        func swap(_ zero: Character, _ one: Character) -> String {
            String(digits.map { $0 == "0" ? zero : $0 == "1" ? one : $0 })
        }
        let forms: [String] = [
            made.text.uppercased(), "kf1" + digits.filter { $0 != "-" }, " KF1 - \(digits) \n", "kfl-" + digits,
            "kf1-" + digits.split(separator: "-").joined(separator: " "), "kf1-" + swap("o", "I"),
            "kf1-" + swap("O", "l"),
        ]
        for form in forms { #expect(try Invite(form) == Invite(made.text)) }
    }

    @Test func everyMistypedCharacterIsFound() throws {
        let text = Array(try invite(1).text)
        for place in 4..<text.count where text[place] != "-" {
            var wrong = text
            wrong[place] = text[place] == "7" ? "8" : "7"
            #expect(throws: InviteError.self) { try Invite(String(wrong)) }
        }
    }

    @Test func everyMissingAndSwappedCharacterIsFound() throws {
        let text = Array(try invite(1).text.filter { $0 != "-" })
        for place in 3..<(text.count - 1) {
            var short = text
            short.remove(at: place)
            #expect(throws: InviteError.self) { try Invite(String(short)) }
            guard text[place] != text[place + 1] else { continue }
            var swapped = text
            swapped.swapAt(place, place + 1)
            #expect(throws: InviteError.self) { try Invite(String(swapped)) }
        }
    }

    @Test func theErrorNamesThePart() throws {
        let text = try invite(1).text
        func part(_ text: String) -> InviteError.Part? {
            do {
                _ = try Invite(text)
            } catch {
                if case .malformed(let part, _) = error { return part }
            }
            return nil
        }
        #expect(part("") == .prefix)
        #expect(part("abcdef.0123456789abcdef") == .prefix)
        #expect(part("kf2" + text.dropFirst(3)) == .version)
        #expect(part(text + "-0") == .length)
        #expect(part(String(text.dropLast())) == .length)
        #expect(part("kf1") == .length)
        #expect(part(text.dropLast(2) + "uu") == .alphabet)
        #expect(part(text.dropLast(2) + "é0") == .alphabet)
        let last = text.dropFirst(20).first == "7" ? "8" : "7"
        #expect(part(text.prefix(20) + last + text.dropFirst(21)) == .checksum)
    }

    @Test func expiryIsTheFirstSecondThatIsTooLate() throws {
        let made = try invite(1)
        try made.requireUnexpired(now: made.expiresAt - 1)
        #expect(throws: InviteError.expired(since: made.expiresAt, id: made.id)) {
            try made.requireUnexpired(now: made.expiresAt)
        }
    }

    @Test func descriptionsHoldNoSecret() throws {
        let made = try invite(1)
        let secret = made.text.filter { $0 != "-" }.dropFirst(3 + 13).prefix(20)
        for shown in ["\(made)", "\(made.secret)", String(reflecting: made.secret), String(describing: made)] {
            #expect(!shown.filter { $0 != "-" }.contains(secret))
        }
        var dumped = ""
        dump(made.secret, to: &dumped)
        #expect(dumped == "- (secret)\n")
    }
}

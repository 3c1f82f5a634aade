/// Who has a connection and who waits for one. Whoever has the fewest open is served first, so that one large file in
/// many parts does not keep a small one waiting; among equals, whoever asked first.
struct TransferBook: Hashable, Sendable {
    private struct Claim: Hashable, Sendable {
        let number: UInt64
        let host: String
        let owner: String
    }

    private let connections: Int
    private let perHost: Int
    private var asked: UInt64 = 0
    private var open = 0
    private var openByHost: [String: Int] = [:]
    private var openByOwner: [String: Int] = [:]
    private var waiting: [Claim] = []

    init(connections: Int, perHost: Int) {
        self.connections = connections
        self.perHost = perHost
    }

    /// - Returns: the number that `next` will call.
    mutating func ask(host: String, owner: String) -> UInt64 {
        asked += 1
        waiting.append(Claim(number: asked, host: host, owner: owner))
        return asked
    }

    /// Gives a connection to one who waits; nil where nobody can have one now.
    mutating func next() -> UInt64? {
        guard open < connections else { return nil }
        let ready = waiting.indices.filter { openByHost[waiting[$0].host, default: 0] < perHost }
        guard let best = ready.min(by: { rank($0) < rank($1) }) else { return nil }
        let claim = waiting.remove(at: best)
        open += 1
        openByHost[claim.host, default: 0] += 1
        openByOwner[claim.owner, default: 0] += 1
        return claim.number
    }

    private func rank(_ place: Int) -> (Int, UInt64) {
        (openByOwner[waiting[place].owner, default: 0], waiting[place].number)
    }

    /// Waits no more; does nothing for one who was called already.
    mutating func withdraw(_ number: UInt64) {
        waiting.removeAll { $0.number == number }
    }

    mutating func release(host: String, owner: String) {
        open -= 1
        Self.decrease(&openByHost, host)
        Self.decrease(&openByOwner, owner)
    }

    /// A name without connections is forgotten: there are as many owners as files.
    private static func decrease(_ counts: inout [String: Int], _ name: String) {
        let count = (counts[name] ?? 1) - 1
        counts[name] = count > 0 ? count : nil
    }
}

/// What a package needs: any of the alternatives will do. `debconf (>= 0.5) | debconf-2.0`.
struct Dependency: Hashable, Sendable {
    let alternatives: [Relation]

    /// The parts of a field such as Depends.
    ///
    /// - Parameter owner: for messages: whose field it is.
    /// - Throws: `BundleBuildError.badPackage` for text that is no list of relations.
    static func parse(_ field: String, of owner: String) throws(BundleBuildError) -> [Dependency] {
        var found: [Dependency] = []
        for part in field.split(separator: ",") where part.contains(where: { !$0.isWhitespace }) {
            var alternatives: [Relation] = []
            for text in part.split(separator: "|") {
                guard let relation = Relation(text) else {
                    throw .badPackage(owner, reason: "its relation '\(part)' cannot be read")
                }
                alternatives.append(relation)
            }
            found.append(Dependency(alternatives: alternatives))
        }
        return found
    }
}

extension Dependency: CustomStringConvertible {
    var description: String { alternatives.map(\.description).joined(separator: " | ") }
}

import TestSupport

@testable import BundleBuild

/// Small archives in which packages need, provide and exclude each other at random.
enum RandomPackages {
    static func make(_ generator: inout SeededGenerator) throws -> [PackageRecord] {
        var packages: [PackageRecord] = []
        for number in 0..<12 {
            for version in 1...Int.random(in: 1...2, using: &generator) {
                packages.append(try .sample("p\(number)", "\(version)", fields(number, &generator)))
            }
        }
        return packages
    }

    /// Lines of a control file.
    static func fields(_ number: Int, _ generator: inout SeededGenerator) -> String {
        var lines = [number < 2 ? "Essential: yes" : "Priority: optional"]
        // Towards higher numbers alone, now and then back: cycles are rare, as they are in life.
        let others = (0..<Int.random(in: 0...3, using: &generator)).map { _ -> String in
            let target = generator.chance(85) ? number + 1 : 0
            let first = relation(Int.random(in: min(target, 13)...13, using: &generator), &generator)
            guard generator.chance(30) else { return first }
            return first + " | " + relation(Int.random(in: 0...13, using: &generator), &generator)
        }
        if !others.isEmpty { lines.append("Depends: \(others.joined(separator: ", "))") }
        if generator.chance(15), number < 11 {
            lines.append("Pre-Depends: \(relation(Int.random(in: (number + 1)...11, using: &generator), &generator))")
        }
        if generator.chance(25) { lines.append("Provides: v\(Int.random(in: 0...2, using: &generator)) (= 1)") }
        if generator.chance(10) { lines.append("Conflicts: p\(Int.random(in: 2...11, using: &generator))") }
        return lines.joined(separator: "\n")
    }

    private static func relation(_ number: Int, _ generator: inout SeededGenerator) -> String {
        // Beyond the last there are virtual ones.
        let name = number < 12 ? "p\(number)" : "v\(number - 11)"
        guard generator.chance(30) else { return name }
        return "\(name) (\(generator.pick([">=", "<<", "="])) \(generator.pick([1, 2])))"
    }
}

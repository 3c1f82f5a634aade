/// In which order packages can be installed, by what their control files say.
///
/// One call of dpkg unpacks all that it is given before it configures any of it. What a package pre-depends on must be
/// configured by then, so it belongs into an earlier call: a stage.
enum InstallOrder {
    private struct Need {
        let target: Int
        let isPreDependency: Bool
    }

    /// - Parameter packages: at most one of each name. What they need and is not among them is on the system.
    /// - Returns: by stage, each package after those that it needs, as far as they do not need each other.
    /// - Throws: `BundleBuildError.packageConflict` for packages that need each other before either can be unpacked.
    static func arrange(
        _ packages: [PackageRecord]
    ) throws(BundleBuildError) -> [(package: PackageRecord, stage: Int)] {
        let packages = packages.sorted { $0.name < $1.name }
        let needs = try Self.needs(of: packages)
        var stages = [Int](repeating: 0, count: packages.count)
        var order: [Int] = []
        for group in components(needs.map { $0.map(\.target) }) {
            var stage = 0
            for member in group {
                for need in needs[member] {
                    if !group.contains(need.target) {
                        stage = max(stage, stages[need.target] + (need.isPreDependency ? 1 : 0))
                    } else if need.isPreDependency {
                        throw .packageConflict(
                            packages[member].description, with: packages[need.target].description,
                            reason: "each needs the other before it can be unpacked")
                    }
                }
            }
            for member in group { stages[member] = stage }
            order += group.sorted()
        }
        let sorted = order.enumerated().sorted { left, right in
            (stages[left.element], left.offset) < (stages[right.element], right.offset)
        }
        return sorted.map { (package: packages[$0.element], stage: stages[$0.element]) }
    }

    /// For each package the others of the list that it needs.
    private static func needs(of packages: [PackageRecord]) throws(BundleBuildError) -> [[Need]] {
        let set = PackageSet(packages)
        var numbers: [String: Int] = [:]
        for (number, package) in packages.enumerated() { numbers[package.name] = number }
        var found: [[Need]] = []
        for package in packages {
            let early = try Dependency.parse(package.preDepends, of: package.description).map { ($0, true) }
            let late = try Dependency.parse(package.depends, of: package.description).map { ($0, false) }
            var needs: [Need] = []
            for (dependency, isPreDependency) in early + late {
                let others = dependency.alternatives.flatMap { set.meeting($0) }.filter { $0.name != package.name }
                if let other = others.first, let target = numbers[other.name] {
                    needs.append(Need(target: target, isPreDependency: isPreDependency))
                }
            }
            found.append(needs)
        }
        return found
    }

    /// Groups of those that lead to each other; each group after those that it leads to (Kosaraju).
    private static func components(_ edges: [[Int]]) -> [[Int]] {
        var reversed = [[Int]](repeating: [], count: edges.count)
        for (source, targets) in edges.enumerated() {
            for target in targets { reversed[target].append(source) }
        }
        var isSeen = [Bool](repeating: false, count: edges.count)
        var finished: [Int] = []
        for root in edges.indices { finished += walk(from: root, along: reversed, &isSeen) }
        isSeen = [Bool](repeating: false, count: edges.count)
        var groups: [[Int]] = []
        for root in finished.reversed() {
            let group = walk(from: root, along: edges, &isSeen)
            if !group.isEmpty { groups.append(group) }
        }
        return groups
    }

    /// What can be reached and was not seen before, in the order in which it is left. A stack of our own: a hostile
    /// archive may have long chains.
    private static func walk(from root: Int, along edges: [[Int]], _ isSeen: inout [Bool]) -> [Int] {
        guard !isSeen[root] else { return [] }
        isSeen[root] = true
        var stack = [(node: root, next: 0)]
        var left: [Int] = []
        while let top = stack.last {
            guard top.next < edges[top.node].count else {
                stack.removeLast()
                left.append(top.node)
                continue
            }
            stack[stack.count - 1].next += 1
            let target = edges[top.node][top.next]
            guard !isSeen[target] else { continue }
            isSeen[target] = true
            stack.append((node: target, next: 0))
        }
        return left
    }
}

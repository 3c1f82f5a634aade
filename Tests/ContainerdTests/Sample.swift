import ContainerdTestSupport
import TestSupport
import Testing

/// One image on one containerd.
struct ExactnessCase: Sendable, CustomTestStringConvertible {
    let suite: String
    let plan: ImagePlan
    /// What containerd unpacks for our loader is compared too.
    let comparesBothWays: Bool

    var testDescription: String { "\(plan) on \(suite)" }
}

/// What of a matrix a run takes: with KUBEFERRY_LONG all of it, else every image on one containerd. Which one goes by
/// the seed, so that each run has a third of the images on each containerd, and runs together have all on all.
enum Sample {
    static func cases(_ plans: [ImagePlan]) -> [ExactnessCase] {
        plans.enumerated().flatMap { index, plan in
            suites(index).map { suite in
                ExactnessCase(suite: suite, plan: plan, comparesBothWays: isChosen(index, oneOf: 4))
            }
        }
    }

    static func suites(_ index: Int) -> [String] {
        let present = ContainerdVersion.present
        return RunSettings.isLong ? present : [present[number(index, present.count)]]
    }

    /// Always with KUBEFERRY_LONG.
    static func isChosen(_ index: Int, oneOf count: Int) -> Bool {
        RunSettings.isLong || number(index + Int(RunSettings.seed / 3 % 1000), count) == 0
    }

    /// Random images, new ones for each seed.
    static var random: [ImagePlan] {
        (0..<(RunSettings.isLong ? 400 : 30)).map { RandomImage.plan(seed: RunSettings.seed &* 1000 &+ $0) }
    }

    private static func number(_ index: Int, _ count: Int) -> Int {
        Int((RunSettings.seed &+ UInt64(index)) % UInt64(count))
    }
}

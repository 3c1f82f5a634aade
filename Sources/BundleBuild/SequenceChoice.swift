/// Which sequence a new bundle gets. docs/lock-and-keys.md has the rule, decision 0019 the reasons.
public struct SequenceChoice: Hashable, Sendable {
    public let sequence: UInt64
    /// What its maker should know before the work begins; nil: nothing.
    public let note: String?

    /// - Parameters:
    ///   - asked: `--sequence`; nil: the time of making decides.
    ///   - createdAt: that time, seconds since 1970.
    ///   - isFixed: whether SOURCE_DATE_EPOCH gave it. The bytes then depend on nothing that this machine remembers.
    ///   - highest: the highest sequence that this machine made of the product line; nil: none.
    public init(asked: UInt64?, createdAt: UInt64, isFixed: Bool, highest: UInt64?, productLine: String) {
        let wanted = asked ?? createdAt
        guard let highest, wanted < highest else {
            sequence = wanted
            note = nil
            return
        }
        let last = "the last bundle of the product line '\(productLine)' that was made here has \(highest)"
        if asked == nil, !isFixed, highest < UInt64.max {
            sequence = highest + 1
            note = "\(last), more than the time of making: this one gets \(highest + 1)"
        } else {
            sequence = wanted
            note = "\(last), this one gets \(wanted): nodes that have that one refuse this one without --allow-older"
        }
    }
}

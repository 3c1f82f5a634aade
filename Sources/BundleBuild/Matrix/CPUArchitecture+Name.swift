public import BundleModel

extension CPUArchitecture {
    /// - Parameter option: for messages.
    /// - Throws: `BundleBuildError.badOption`.
    public init(named name: String, option: String = "--arch") throws(BundleBuildError) {
        guard let known = CPUArchitecture(rawValue: name) else {
            let names = CPUArchitecture.allCases.map(\.rawValue)
            throw .badOption(option, value: name, expected: names.joined(separator: " or "))
        }
        self = known
    }
}

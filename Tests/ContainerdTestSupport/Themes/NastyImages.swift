/// Images made to be nasty: one for each theme, so that a failure names it.
public enum NastyImages {
    /// All that are small.
    public static let all: [ImagePlan] =
        whiteouts + links + replacements + metadata + attributes + names + paths + headers + publishing + broken

    public static func named(_ name: String) -> ImagePlan? { all.first { $0.name == name } }
}

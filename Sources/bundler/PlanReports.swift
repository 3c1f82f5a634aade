/// `plan --format json` for several architectures.
struct PlanReports: Codable {
    var schemaVersion = 1
    var plans: [PlanReport]
}

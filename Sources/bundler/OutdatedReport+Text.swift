import BundleBuild
import BundleModel

extension OutdatedReport {
    var text: String {
        var components = TextTable(["COMPONENT", "LOCKED", "NEWEST OF ITS LINE", "STATE"])
        for version in versions {
            components.add([
                version.component, version.locked, version.newest ?? "?", version.state.rawValue,
            ])
        }
        var text = "locked bundle of \(createdAt)\n\n" + components.text
        if !images.isEmpty {
            var table = TextTable(["IMAGE", "STATE", "NAMES NOW"])
            for image in images {
                let now = image.state == .moved ? image.now?.description : image.reason
                table.add([image.reference.description, image.state.rawValue, now ?? ""])
            }
            text += "\n" + table.text
        }
        if !packages.isEmpty {
            var table = TextTable(["PACKAGE", "OS RELEASE", "LOCKED", "STATE", "NOW"])
            for package in packages {
                let now = package.state == .unknown ? package.reason : package.now ?? "none"
                table.add([
                    package.name, package.osRelease, package.locked, package.state.rawValue, now ?? "",
                ])
            }
            text += "\n" + table.text
        }
        if !request.isEmpty {
            text += "\nthe bundle file asks for something else\n" + request.map { "  \($0)\n" }.joined()
        }
        let conclusion = isOutdated ? "something has moved: a new 'make' takes it" : "nothing is known to have moved"
        return "\(text)\n\(conclusion)\n"
    }
}

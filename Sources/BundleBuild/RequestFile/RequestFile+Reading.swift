import BundleModel
import Host
public import SystemPackage
import Yams

extension RequestFile {
    /// - Throws: `HostError.unreadableInput`, `BundleBuildError.unreadable` with the line.
    public init(reading path: FilePath) throws {
        let bytes = try FileSystem.readInput(path, limit: 1 << 20)
        try self.init(
            String(decoding: bytes, as: UTF8.self), path: path.string, folder: path.removingLastComponent())
    }

    /// - Parameters:
    ///   - path: for messages.
    ///   - folder: what relative paths in the file start from.
    /// - Throws: `BundleBuildError.unreadable` with the line.
    public init(_ text: String, path: String, folder: FilePath = "") throws(BundleBuildError) {
        self.init()
        let yaml = StrictYAML(path: path)
        guard let document = try yaml.document(text) else {
            throw .unreadable(path: path, reason: "it is empty")
        }
        let known = Field.allCases.map(\.rawValue)
        let fields = try yaml.fields(document, of: "a bundle file", known: known)
        for field in Field.allCases {
            guard let node = fields[field.rawValue] else { continue }
            try read(field, node, yaml, folder)
        }
    }

    private enum Field: String, CaseIterable {
        case schemaVersion, kubernetes, containerd, runc, cniPlugins, crictl, network, architectures, os, addOns
        case images, imageLists, originalLayers, manifests, charts, allowUntested
        case sources, registryMirrors, aptSources
    }

    private mutating func read(
        _ field: Field, _ node: Node, _ yaml: StrictYAML, _ folder: FilePath
    ) throws(BundleBuildError) {
        let name = field.rawValue
        switch field {
        case .schemaVersion:
            guard try yaml.text(node, of: name) == "\(Self.currentSchemaVersion)" else {
                throw yaml.fault(node, "\(name): this bundler reads \(Self.currentSchemaVersion)")
            }
        case .kubernetes: kubernetes = try yaml.value(node, of: name) { try VersionSelector($0) }
        case .containerd: containerd = try yaml.value(node, of: name) { try VersionSelector($0) }
        case .runc: runc = try yaml.value(node, of: name) { try VersionSelector($0) }
        case .cniPlugins: cniPlugins = try yaml.value(node, of: name) { try VersionSelector($0) }
        case .crictl: crictl = try yaml.value(node, of: name) { try VersionSelector($0) }
        case .network: network = try yaml.value(node, of: name) { try CNIChoice($0, option: name) }
        case .architectures:
            architectures = try yaml.values(node, of: name) { try CPUArchitecture(named: $0, option: name) }
        case .os: osReleases = try yaml.texts(node, of: name)
        case .addOns: addOns = try yaml.values(node, of: name) { try AddOnChoice($0, option: name) }
        case .images: images = try yaml.values(node, of: name) { try ImageReference($0) }
        case .imageLists: imageLists = try yaml.values(node, of: name) { Self.path($0, folder) }
        case .originalLayers: originalLayers = try yaml.values(node, of: name) { try ImageReference($0) }
        case .manifests:
            for item in try yaml.list(node, of: name) { manifests.append(try Self.manifest(item, yaml, folder)) }
        case .charts:
            for item in try yaml.list(node, of: name) { charts.append(try Self.chart(item, yaml, folder)) }
        case .allowUntested: allowUntested = try yaml.flag(node, of: name)
        case .sources: sources = try Self.addresses(node, name, yaml)
        case .registryMirrors: registryMirrors = try Self.addresses(node, name, yaml)
        case .aptSources: aptSources = try yaml.values(node, of: name) { Self.aptSource($0, folder) }
        }
    }

    /// `app.yaml`, or `{path: app.yaml, apply: false}`.
    private static func manifest(
        _ node: Node, _ yaml: StrictYAML, _ folder: FilePath
    ) throws(BundleBuildError) -> PlannedManifest {
        let what = "a manifest"
        if case .scalar = node {
            return try yaml.value(node, of: what) { try PlannedManifest(file: path($0, folder)) }
        }
        let fields = try yaml.fields(node, of: what, known: ["path", "apply"])
        let file = try required("path", fields, node, what, yaml)
        var manifest = try yaml.value(file, of: what) { try PlannedManifest(file: path($0, folder)) }
        if let apply = fields["apply"] { manifest.apply = try yaml.flag(apply, of: "apply") }
        return manifest
    }

    private static func chart(
        _ node: Node, _ yaml: StrictYAML, _ folder: FilePath
    ) throws(BundleBuildError) -> PlannedChart {
        let what = "a chart"
        let fields = try yaml.fields(node, of: what, known: ["name", "namespace", "path", "values", "settings"])
        let name = try required("name", fields, node, what, yaml)
        let file = try required("path", fields, node, what, yaml)
        var chart = PlannedChart(
            name: try yaml.value(name, of: "name") { try PlannedChart.checked($0, atMost: 53) },
            namespace: "default", path: path(try yaml.text(file, of: "path"), folder))
        if let namespace = fields["namespace"] {
            chart.namespace = try yaml.value(namespace, of: "namespace") { try PlannedChart.checked($0, atMost: 63) }
        }
        if let values = fields["values"] {
            chart.values = try yaml.values(values, of: "values") { path($0, folder) }
        }
        if let settings = fields["settings"] {
            for (key, value) in try yaml.pairs(settings, of: "settings") {
                let name = try yaml.text(key, of: "settings")
                chart.settings[name] = try yaml.text(value, of: "settings \(name)")
            }
        }
        return chart
    }

    /// One address, or a list of them: the canonical one, then mirrors.
    private static func addresses(
        _ node: Node, _ what: String, _ yaml: StrictYAML
    ) throws(BundleBuildError) -> [String: [String]] {
        var addresses: [String: [String]] = [:]
        for (key, value) in try yaml.pairs(node, of: what) {
            let name = try yaml.text(key, of: what)
            if case .sequence = value {
                addresses[name] = try yaml.texts(value, of: "\(what) \(name)")
            } else {
                addresses[name] = [try yaml.text(value, of: "\(what) \(name)")]
            }
        }
        return addresses
    }

    private static func required(
        _ key: String, _ fields: [String: Node], _ node: Node, _ what: String, _ yaml: StrictYAML
    ) throws(BundleBuildError) -> Node {
        guard let value = fields[key] else { throw yaml.fault(node, "\(what) lacks '\(key)'") }
        return value
    }

    /// A line as it is; anything else is a file's name.
    private static func aptSource(_ text: String, _ folder: FilePath) -> String {
        text.hasPrefix("deb ") || text.contains("\n") ? text : path(text, folder)
    }

    private static func path(_ text: String, _ folder: FilePath) -> String {
        folder.pushing(FilePath(text)).string
    }
}

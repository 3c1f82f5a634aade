import BundleModel
public import FoundationEssentials
import Host
public import SystemPackage

/// The schemas of bundle-spec/, judged by Python's jsonschema.
public enum JSONSchema {
    public static let specification = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent().appending("bundle-spec")

    public static func isAvailable() async -> Bool {
        let command = Command("python3", ["-W", "ignore", "-c", "import jsonschema"])
        return (try? await SystemProcessRunner().run(command))?.status == 0
    }

    /// Whether `json(ofYAML:)` works here.
    public static func readsYAML() async -> Bool {
        let command = Command("python3", ["-W", "ignore", "-c", "import yaml"])
        return (try? await SystemProcessRunner().run(command))?.status == 0
    }

    /// A YAML document as JSON, by another reader than ours.
    public static func json(ofYAML path: FilePath) async throws -> Data {
        let convert = "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)"
        let result = try await SystemProcessRunner().require(Command("python3", ["-c", convert, path.string]))
        return Data(result.standardOutput.utf8)
    }

    private static let script = """
        import json, sys, jsonschema
        schema, *documents = (json.load(open(path)) for path in sys.argv[1:])
        kind = jsonschema.validators.validator_for(schema, default=jsonschema.Draft7Validator)
        kind.check_schema(schema)
        def faults(document):
            return ["/".join(map(str, error.absolute_path)) + " " + error.message[:300]
                    for error in kind(schema).iter_errors(document)]
        print(json.dumps([faults(document) for document in documents]))
        """

    /// What is wrong with a file, one line each; empty when it keeps to the schema.
    public static func faults(of document: FilePath, schema: String) async throws -> [String] {
        try await faults(of: [document], schema: schema).flatMap(\.self)
    }

    /// As for one file, in one run for all, since starting Python takes longest.
    ///
    /// - Returns: the faults of each file, in their order.
    public static func faults(of documents: [FilePath], schema: String) async throws -> [[String]] {
        let path = specification.appending("\(schema).schema.json")
        let result = try await SystemProcessRunner().require(
            Command("python3", ["-W", "ignore", "-c", script, path.string] + documents.map(\.string)))
        return try CanonicalJSON.decode([[String]].self, from: Data(result.standardOutput.utf8))
    }
}

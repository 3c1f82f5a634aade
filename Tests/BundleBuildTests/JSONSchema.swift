import Host
import SystemPackage
import Testing

/// The schemas of bundle-spec/, judged by Python's jsonschema.
enum JSONSchema {
    static let specification = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent().appending("bundle-spec")

    static func isAvailable() async -> Bool {
        let command = Command("python3", ["-W", "ignore", "-c", "import jsonschema"])
        return (try? await SystemProcessRunner().run(command))?.status == 0
    }

    private static let script = """
        import json, sys, jsonschema
        schema, document = (json.load(open(path)) for path in sys.argv[1:])
        kind = jsonschema.validators.validator_for(schema, default=jsonschema.Draft7Validator)
        kind.check_schema(schema)
        for error in kind(schema).iter_errors(document):
            print("/".join(str(part) for part in error.absolute_path), error.message[:300])
        """

    /// What is wrong with a file, one line each; empty when it keeps to the schema.
    static func faults(of document: FilePath, schema: String) async throws -> [String] {
        let result = try await SystemProcessRunner().require(
            Command(
                "python3",
                [
                    "-W", "ignore", "-c", script, specification.appending("\(schema).schema.json").string,
                    document.string,
                ]
            ))
        return result.standardOutput.split(separator: "\n").map(String.init)
    }
}

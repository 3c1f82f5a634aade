import BundleModel
import FoundationEssentials
import Host
import Signing
import SystemPackage
import TestSupport
import Testing

@testable import InstallCore

/// The schema says of a statement what the program says.
@Suite(.enabled("needs python3-jsonschema: NO schema was checked") { await JSONSchema.isAvailable() })
struct KeyStatementSchemaTests {
    private let scratch: ScratchFolder
    private let pem: String
    private let fingerprint = "SHA256:\(String(repeating: "ab", count: 32))"

    init() throws {
        scratch = try ScratchFolder()
        pem = String(decoding: try SigningKey.generate().verifyingKey.pem, as: UTF8.self)
    }

    private func text(_ members: String) -> String { #"{"schemaVersion":1,"number":1,\#(members)}"# }

    private func add(_ pem: String) throws -> String {
        #""add":[\#(String(decoding: try CanonicalJSON.encodeLine(pem), as: UTF8.self))]"#
    }

    /// Judges all statements by both.
    private func expect(_ areObeyed: Bool, _ statements: [String]) async throws {
        let files = try statements.indices.map { number in
            let path = scratch.file("\(number).json")
            try AtomicFile.write(Array(statements[number].utf8), to: path)
            return path
        }
        let faults = try await JSONSchema.faults(of: files, schema: "key-statement")
        try #require(faults.count == statements.count)
        for (statement, faults) in zip(statements, faults) {
            #expect(faults.isEmpty == areObeyed, "the schema, of \(statement): \(faults)")
            let isRead = (try? KeyStatement(json: Array(statement.utf8))) != nil
            #expect(isRead == areObeyed, "the program, of \(statement)")
        }
    }

    @Test func bothTakeTheSame() async throws {
        let key = try add(pem)
        let revoke = #""revoke":["\#(fingerprint)"]"#
        try await expect(
            true,
            [
                text(revoke), text(#""revoke":["\#(fingerprint.uppercased())"]"#),
                text(#""revoke":["\#(fingerprint.lowercased())"]"#), text(#"\#(revoke),"add":[]"#),
                text(#"\#(key),"revoke":[]"#), text("\(key),\(revoke)"),
                #"{"schemaVersion":1,"number":9223372036854775807,\#(revoke)}"#,
                // Text around a key, and other line ends.
                text(try add("a comment\n\(pem)more")), text(try add(pem.replacing("\n", with: "\r\n"))),
            ])
    }

    @Test func bothRefuseTheSame() async throws {
        let revoke = #""revoke":["\#(fingerprint)"]"#
        try await expect(
            false,
            [
                "[]", #"{"number":1,\#(revoke)}"#, #"{"schemaVersion":2,"number":1,\#(revoke)}"#,
                #"{"schemaVersion":1,\#(revoke)}"#, #"{"schemaVersion":1,"number":0,\#(revoke)}"#,
                #"{"schemaVersion":1,"number":"1",\#(revoke)}"#, #"{"schemaVersion":1,"number":1.5,\#(revoke)}"#,
                #"{"schemaVersion":1,"number":9223372036854775808,\#(revoke)}"#, #"{"schemaVersion":1,"number":1}"#,
                text(#""add":[]"#), text(#""add":[],"revoke":[]"#), text(#""revoke":"\#(fingerprint)""#),
                text(#"\#(revoke),"add":null"#), text(#""revoke":[1]"#), text(#"\#(revoke),"note":"""#),
                text(#""add":["\#(fingerprint)"]"#), text(#""revoke":["\#(fingerprint)0"]"#),
                text(#""revoke":["\#(fingerprint.dropLast())"]"#), text(#""revoke":["\#(fingerprint.dropFirst(7))"]"#),
                text(#""revoke":[""]"#), text(try add("x\(pem)")),
            ])
    }
}

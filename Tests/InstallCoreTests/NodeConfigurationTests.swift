import BundleModel
import FoundationEssentials
import Host
import SystemPackage
import Testing

@testable import InstallCore

struct NodeConfigurationTests {
    private func read(_ text: String) throws -> NodeConfiguration {
        let scratch = try Scratch()
        try scratch.write(text, to: "/node.json")
        return try NodeConfiguration.read(scratch.root.resolve("/node.json"))
    }

    @Test(arguments: [
        (#"{"schemaVersion": 1, "podCidr": "10.0.0.0/16"}"#, "podCidr", "podCIDR"),
        (#"{"schemaVersion": 1, "kubelet": {"argument": ["--v=2"]}}"#, "kubelet.argument", "kubelet.arguments"),
        (#"{"schemaVersion": 1, "masterCPUs": 1}"#, "masterCPUs", "preflight.masterCPUs"),
        (#"{"schemaVersion": 1, "preflight": {"tolerates": ["swap"]}}"#, "preflight.tolerates", "preflight.tolerate"),
        (#"{"schemaVersion": 1, "containerd": {"CRI": {}}}"#, "containerd.CRI", "containerd.cri"),
    ])
    func aKeyThatNothingReadsIsRefusedWithTheNearestOne(_ text: String, _ key: String, _ nearest: String) throws {
        let error = #expect(throws: InstallError.self) { try read(text) }
        #expect(error?.category == .invalidInput)
        #expect(error?.message.contains("'\(key)'; the nearest known one is '\(nearest)'") == true)
    }

    @Test func whatIsHandedOnMayHaveAnyKeys() throws {
        let file = try read(
            """
            {"schemaVersion": 1, "containerd": {"cri": {"anything": true}}, "kubelet": {"extra": {"maxPods": 5}},
             "kubeProxy": {"conntrack": {"maxPerCore": 0}}}
            """)
        #expect(file.kubeProxy?["conntrack"]?["maxPerCore"] == 0)
    }

    @Test func theSchemaHasTheSameKeys() throws {
        let path = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
            .pushing("bundle-spec/node-config.schema.json")
        let schema = try CanonicalJSON.decode(JSONValue.self, from: Data(try FileSystem.read(path)))
        for (object, keys) in KnownKeys.byObject {
            let part = object.isEmpty ? schema : schema["properties"]?[object]
            guard case .object(let properties) = part?["properties"] else {
                Issue.record("the schema has no '\(object)'")
                continue
            }
            #expect(Set(properties.keys) == Set(keys), "'\(object)'")
        }
    }

    @Test func everyKnownKeyIsRead() throws {
        var whole = NodeConfiguration()
        whole.role = .worker
        whole.nodeIP = "10.0.0.1"
        whole.podCIDR = "10.1.0.0/16"
        whole.serviceCIDR = "10.2.0.0/16"
        whole.imageLoader = .direct
        whole.containerd = .init(cri: ["a": 1], extra: "b")
        whole.kubelet = .init(extra: ["c": 1], arguments: ["d"])
        whole.kubeadm = .init(ignorePreflightErrors: ["e"], skipPhases: ["f"], certSANs: ["g"])
        whole.kubeProxy = ["h": 1]
        whole.preflight = .init(masterMemoryMB: 1, workerMemoryMB: 2, masterCPUs: 3, tolerate: ["i"])
        whole.readySeconds = 4
        let text = String(decoding: try CanonicalJSON.encode(whole), as: UTF8.self)
        #expect(try read(text) == whole)
        let value = try CanonicalJSON.decode(JSONValue.self, from: Data(text.utf8))
        for (object, keys) in KnownKeys.byObject {
            for key in keys { #expect((object.isEmpty ? value : value[object])?[key] != nil, "\(object).\(key)") }
        }
    }
}

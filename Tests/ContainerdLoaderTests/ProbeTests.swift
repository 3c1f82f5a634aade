import ContainerdTestSupport
import SystemPackage
import Testing

@testable import Containerd

@Suite(.serialized, .enabled(if: ContainerdInstance.canRun, ContainerdInstance.skipped))
struct ProbeTests {
    @Test func aContainerdThatHasEverythingIsAble() async throws {
        try await withContainerd { containerd in
            let (able, other) = try await ContainerdClient.connected(to: containerd.socket.string) {
                (try await ContainerdAbility.probe($0), try await ContainerdAbility.probe($0, snapshotter: "none"))
            }
            let version = try await containerd.require("version").split(separator: "\n").first {
                $0.contains("Version:")
            }
            guard case .able(let found) = able else {
                Issue.record("\(able)")
                return
            }
            #expect(version?.contains(found) == true)
            #expect(other == .notAble(reason: "containerd \(found) has no plugin io.containerd.snapshotter.v1.none"))
        }
    }

    @Test func nobodyAtTheSocketIsAnError() async throws {
        let error = await #expect(throws: ContainerdError.self) {
            try await ContainerdClient.connected(to: "/run/nobody/there.sock") { try await ContainerdAbility.probe($0) }
        }
        guard case .unreachable("/run/nobody/there.sock", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}

import NodeServices
import Synchronization

/// Calls masters unhealthy on demand, whatever they are.
final class SwitchProbeForTests: MasterProbe {
    private let sick = Mutex<Set<Endpoint>>([])

    func set(_ master: Endpoint, healthy: Bool) {
        sick.withLock { sick in
            if healthy { sick.remove(master) } else { sick.insert(master) }
        }
    }

    func check(_ master: Endpoint) async -> String? {
        sick.withLock { $0.contains(master) } ? "switched off" : nil
    }
}

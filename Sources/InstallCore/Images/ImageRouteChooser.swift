import BundleModel
import Containerd
import Host
import Logging

/// Finds the way that images take into a containerd, by what the operator chose and what containerd can.
struct ImageRouteChooser: Sendable {
    var choice: ImageLoaderChoice
    let place: ContainerdPlace
    let runner: any ProcessRunner
    let logger: Logger
    /// A snapshotter that containerd's configuration names beside its own default: it unpacks from blobs, which the
    /// direct way does not leave.
    var otherSnapshotter: String?

    struct Route: Sendable {
        var route: any ImageRoute
        /// Why it is not the direct one, where that was not asked for. A sentence.
        var reason: String?
    }

    /// - Throws: `InstallError.imageLoader` where the direct way was asked for and there is none;
    ///   `ContainerdError.unreachable`.
    func choose() async throws -> Route {
        let ctr = CtrRoute(place: place, runner: runner, logger: logger)
        if choice == .ctr { return Route(route: ctr) }
        guard let obstacle = try await obstacle() else { return Route(route: DirectRoute(place: place)) }
        if choice == .direct { throw InstallError.imageLoader(reason: obstacle) }
        return Route(route: ctr, reason: obstacle)
    }

    private func obstacle() async throws -> String? {
        if let otherSnapshotter {
            return "containerd's configuration names snapshotter '\(otherSnapshotter)', which needs the blobs of layers"
        }
        switch try await place.connected({ try await ContainerdAbility.probe($0) }) {
        case .able: return nil
        case .notAble(let reason): return reason
        }
    }
}

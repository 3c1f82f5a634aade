import BundleModel
import Host
import Testing

@testable import InstallCore

/// How `images load` and `images check` find the way that the node's images took.
struct ImageDeliveryTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func chooser(
        _ choice: ImageLoaderChoice?, at socket: String = ContainerdPlace.defaultSocket
    ) throws -> ImageRouteChooser {
        try ImageDelivery(
            BundleImages(EmptyBundle(index: try Fixture.index()), role: .master), to: ContainerdPlace(socket: socket),
            by: choice, context: scratch.context()
        ).chooser()
    }

    @Test func whatTheNodeWasInstalledWithCountsUnlessAnotherWayIsAskedFor() async throws {
        #expect(try chooser(nil).choice == .auto)
        let journal = try await Journal(scratch.root, clock: FixedWallClock(secondsSince1970: 0))
        var node = try Fixture.node()
        node.imageLoader = nil
        try journal.append(.runStarted(run: node))
        #expect(try chooser(nil).choice == .auto)
        node.imageLoader = .ctr
        try journal.append(.runStarted(run: node))
        #expect(try chooser(nil).choice == .ctr)
        #expect(try chooser(.direct).choice == .direct)
        #expect(try chooser(.auto).choice == .auto)
        // Another containerd than the node's.
        #expect(try chooser(nil, at: "/run/other.sock").choice == .auto)
    }

    @Test func theConfigurationOfTheContainerdThatIsThereIsLookedAt() throws {
        #expect(try chooser(nil).otherSnapshotter == nil)
        try scratch.write("kata.snapshotter = \"devmapper\"\n", to: "/etc/containerd/config.toml")
        #expect(try chooser(nil).otherSnapshotter == "devmapper")
        #expect(try chooser(nil, at: "/run/other.sock").otherSnapshotter == nil)
    }
}

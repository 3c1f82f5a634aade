import ContainerdTestSupport
import Testing

/// What runs on real containerds. One after the other: a test has its containerd for itself.
@Suite(
    .serialized, FleetTrait(),
    .enabled(if: ContainerdPlace.obstacle == nil, "\(ContainerdPlace.obstacle ?? "")"))
struct Exactness {}

import ContainerdTestSupport
import TestSupport
import Testing

/// What runs on real containerds. One after the other: a test has its containerd for itself.
@Suite(.serialized, FleetTrait(), .enabled(if: RunSettings.isRequired, "needs KUBEFERRY_E2E=1, and root on Debian 12"))
struct Exactness {}

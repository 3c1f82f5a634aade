import TestSupport
import Testing

/// Everything that runs on real nodes. One after the other: the nodes share two cores and one bridge.
@Suite(.serialized, .enabled(if: RunSettings.nodesArePossible, "needs root, systemd-nspawn and KUBEFERRY_E2E=1"))
struct EndToEnd {}

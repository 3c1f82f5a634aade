"""Times of an installation, from its progress events."""

import unittest

import node


class NodeTests(unittest.TestCase):
    def test_steps_that_are_not_the_bundles_bytes_stand_apart(self):
        events = [
            (0.0, "started", "check packs"), (1.0, "finished", "check packs"),
            (1.1, "started", "step 1/9 host-packages"), (4.1, "finished", "step 1/9 host-packages"),
            (4.1, "started", "step 2/9 binaries"), (5.1, "finished", "step 2/9 binaries"),
            (5.1, "started", "step 4/9 containerd"), (6.1, "finished", "step 4/9 containerd"),
            (6.1, "started", "step 5/9 images"), (8.1, "finished", "step 5/9 images"),
            (8.1, "started", "step 8/9 kubeadm-init"), (30.0, "finished", "step 8/9 kubeadm-init"),
        ]
        found = node.parts(events)
        self.assertAlmostEqual(found["wholeSeconds"], 7.1)
        self.assertAlmostEqual(found["apartSeconds"], 4.0)
        self.assertAlmostEqual(found["seconds"], 3.1)
        self.assertEqual(set(found["steps"]), {"host-packages", "binaries", "containerd", "images"})


if __name__ == "__main__":
    unittest.main()

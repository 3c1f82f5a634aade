"""The lock, and what differs from it."""

import json
import unittest

import debian
import inputs


class InputsTests(unittest.TestCase):
    def test_every_package_and_layer_of_the_lock_has_its_digest(self):
        layers = inputs.layers_of(inputs.read_lock())
        self.assertGreater(len(layers), 1)
        for layer in layers:
            self.assertRegex(layer["diffID"], "^sha256:[0-9a-f]{64}$")
            for row in layer["packages"]:
                self.assertRegex(row["sha256"], "^sha256:[0-9a-f]{64}$")
                self.assertTrue(row["version"])

    def test_the_lock_holds_exactly_what_sets_json_asks_for(self):
        asked = json.loads((inputs.HERE / "sets.json").read_text())
        for name, entry in asked.items():
            locked = inputs.read_lock()["sets"][name]
            self.assertEqual(
                [[[row["name"] for row in layer["packages"]] for layer in image["layers"]] for image in locked["images"]],
                [image["layers"] for image in entry["images"]])

    def test_another_build_is_named(self):
        before = {"images": [{"reference": "pause", "digest": "a"}], "artifacts": {"kubelet": "k"}}
        after = {"images": [{"reference": "pause", "digest": "b"}], "artifacts": {"kubelet": "k"}}
        self.assertEqual(inputs.differences(before, before), [])
        self.assertEqual(inputs.differences(before, after), ["kubernetes: image pause is b, in the lock a"])

    def test_paths_go_where_a_merged_root_has_them(self):
        self.assertEqual(debian.merged("./lib/x86_64-linux-gnu/libc.so.6"), "usr/lib/x86_64-linux-gnu/libc.so.6")
        self.assertEqual(debian.merged("./usr/bin/env"), "usr/bin/env")
        self.assertEqual(debian.merged("./lib/"), "")
        self.assertEqual(debian.merged("./"), "")


if __name__ == "__main__":
    unittest.main()

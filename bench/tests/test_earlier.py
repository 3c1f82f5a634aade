"""Reports of several runs."""

import unittest

import earlier


def result(name, **more):
    return {"schemaVersion": 3, "runs": 5, "versions": {"commit": "a"}, "node": {},
            "machine": {"cores": 2, "kernel": "6", "processor": "p", "memoryBytes": 1, "loadBefore": 0.1},
            "sets": {name: {"images": 1}}, "inputs": {name: {}},
            "work": [{"set": name, "key": "make"}], "targets": [{"set": name, "name": f"{name}: size"}],
            "notices": [{"set": name, "text": "t"}]} | more


class EarlierTests(unittest.TestCase):
    def test_what_was_measured_again_counts(self):
        first = result("kubernetes", node={"warm": {}})
        both = earlier.merged(result("large"), first)
        self.assertEqual(list(both["sets"]), ["kubernetes", "large"])
        self.assertEqual([row["set"] for row in both["work"]], ["kubernetes", "large"])
        self.assertEqual(both["node"], {"warm": {}})
        again = earlier.merged(result("kubernetes", work=[]), both)
        self.assertEqual(sorted(again["sets"]), ["kubernetes", "large"])
        self.assertEqual([row["set"] for row in again["work"]], ["large"])
        self.assertEqual([row["set"] for row in again["targets"]], ["large", "kubernetes"])

    def test_another_state_or_machine_does_not_fit(self):
        self.assertIsNone(earlier.difference(result("a"), result("b")))
        self.assertIn("commit", earlier.difference(result("a"), result("b", versions={"commit": "other"})))
        other = result("b")
        other["machine"] = other["machine"] | {"cores": 4}
        self.assertIn("cores", earlier.difference(result("a"), other))

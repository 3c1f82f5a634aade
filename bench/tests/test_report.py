"""Tables and targets, from results as a run writes them."""

import unittest

import chart
import goals
import report


def run(seconds, disk=100, anonymous=None):
    return {"seconds": seconds, "cachedInputBytes": 0, "processorSeconds": seconds, "peakAnonymousBytes": anonymous,
            "diskBytes": disk}


def loaded(key, runs, absent=None):
    return {"key": key, "name": f"row {key}", "runs": runs, "absent": absent}


def sample():
    return {
        "about": "few images", "images": 2, "files": 10, "windowBytes": 128 << 20, "compression": {"level": 19},
        "sizes": {"publishedImages": 100, "plainLayers": 300, "imagesPack": 55, "archives": {"oci-gzip.tar": 101},
                  "bundle": 90, "head": 10, "publishedArtifacts": 50, "imagesStream": 54, "sameStream": 54},
        "loads": [
            loaded("us-full", [run(1.0, 102, 100 << 20), run(1.1, 102, 90 << 20), run(1.0, 102, 90 << 20)]),
            loaded("ctr-oci-gzip", [run(4.0, 150), run(4.0, 150), run(4.1, 150)]),
            loaded("skopeo", [], "skopeo is not installed"),
            loaded("floor-files", [run(0.8), run(0.8), run(0.8)]),
        ],
    }


class ReportTests(unittest.TestCase):
    def test_commands_name_no_place_of_this_machine(self):
        text = "/a/repo/.build/bundler --cache /b/bed/cache /a/repo/.build-bench/x; /a/repository/y"
        self.assertEqual(report.elsewhere(text, "/a/repo", "/b/bed"),
                         ".build/bundler --cache $TESTBED_DIR/cache .build-bench/x; /a/repository/y")
        self.assertEqual(report.elsewhere(text, "/c"), text)

    def test_targets_come_from_what_was_measured(self):
        found = {row["name"].split(": ")[1]: row for row in goals.of_set("few", sample())}
        whole = found["the whole bundle, of gzipped images and release tarballs"]
        self.assertEqual((whole["found"]["median"], whole["verdict"]), (0.6, "met"))
        load = found["load, of ctr images import of the gzipped archive (OCI)"]
        self.assertEqual((load["found"]["median"], load["verdict"]), (0.25, "met"))
        self.assertNotIn("load, of ctr images import of the gzipped archive (docker save)", found)
        disk = found["disk after the load, of the unpacked layers"]
        self.assertEqual((disk["found"]["median"], disk["verdict"]), (1.02, "met"))
        memory = found["peak RssAnon of node-install, of window + 64 MiB"]
        self.assertEqual(memory["found"]["median"], 100 / 192)

    def test_of_several_sets_the_worst_counts(self):
        better = sample()
        better["sizes"]["sameStream"] = 60
        rows = goals.of_set("few", sample()) + goals.of_set("better", better)
        self.assertIn("few: the stream of images, of zstd itself on the same bytes", goals.worst(rows))
        self.assertNotIn("better: the pack of images, of zstd itself on the same stream", goals.worst(rows))
        self.assertIn("| **few: the stream of images, of zstd itself", "\n".join(report.targets(rows, goals.worst(rows))))

    def test_a_contender_that_is_absent_is_named(self):
        self.assertIn("| row skopeo | skopeo is not installed | | | |", report.set_table("few", sample()))

    def test_a_contender_that_failed_later_keeps_its_runs_and_says_so(self):
        row = loaded("registry", [run(2.0)], "failed")
        self.assertIn("(failed)", report.load_row(row, None))

    def test_everything_has_its_place_in_the_tables_and_the_chart(self):
        result = {"machine": {"cores": 2, "processor": "some", "kernel": "6"}, "versions": {"zstd": "1.5"},
                  "targets": goals.of_set("few", sample()), "sets": {"few": sample()}, "notices": [{"set": "few", "text": "a notice"}],
                  "work": [], "node": {"cold": {"absent": "no such cgroup", "runs": []}}}
        text = report.table(result)
        for expected in ("few images", "pack of images | 0.0 | 0.550", "no such cgroup", "- few: a notice"):
            self.assertIn(expected, text)
        self.assertEqual([title for title, _, _ in report.groups(result)],
                         ["few: size, MB", "few: load with a sync, seconds (median, least to most)"])
        self.assertIn("row us-full", chart.bars(report.groups(result)))


if __name__ == "__main__":
    unittest.main()

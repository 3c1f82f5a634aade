"""The chart is well-formed, and its bars are as long as their values."""

import unittest
import xml.etree.ElementTree

import chart

NAMESPACE = "{http://www.w3.org/2000/svg}"


class ChartTests(unittest.TestCase):
    def rectangles(self, groups):
        root = xml.etree.ElementTree.fromstring(chart.bars(groups))
        return [float(element.get("width")) for element in root.iter(f"{NAMESPACE}rect")]

    def test_bars_have_the_proportions_of_their_values(self):
        widths = self.rectangles([("size", "MB", [("a", 50, "ours", None, None), ("b", 100, "other", None, None)])])
        self.assertAlmostEqual(widths[1] / widths[0], 2, places=2)

    def test_each_group_has_its_own_scale(self):
        widths = self.rectangles([("size", "MB", [("a", 1000, "ours", None, None)]),
                                  ("time", "s", [("b", 1, "ours", 0.5, 1)])])
        self.assertEqual(widths[0], widths[1])

    def test_labels_are_escaped(self):
        root = xml.etree.ElementTree.fromstring(chart.bars([("a < b", "s", [("x | y & z", 1, "floor", 1, 2)])]))
        texts = [element.text for element in root.iter(f"{NAMESPACE}text")]
        self.assertIn("a < b", texts)
        self.assertIn("x | y & z", texts)


if __name__ == "__main__":
    unittest.main()

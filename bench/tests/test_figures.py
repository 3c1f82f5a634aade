"""What may be said of numbers."""

import unittest

import figures


class FiguresTests(unittest.TestCase):
    def test_a_summary_has_median_and_spread(self):
        found = figures.summary([3.0, 1.0, 2.0])
        self.assertEqual(found, {"runs": 3, "median": 2.0, "least": 1.0, "most": 3.0, "spread": 2.0})

    def test_ratios_are_taken_turn_by_turn(self):
        self.assertEqual(figures.ratios([1, 4], [2, 4]), [0.5, 1.0])
        with self.assertRaises(ValueError):
            figures.ratios([1], [1, 2])

    def test_a_clear_difference_is_claimed(self):
        self.assertEqual(figures.comparison([1, 1.1, 0.9], [3, 3.1, 3])["claim"], "less")
        self.assertEqual(figures.comparison([3, 3.1, 3], [1, 1.1, 0.9])["claim"], "more")

    def test_a_spread_wider_than_the_margin_claims_nothing(self):
        self.assertEqual(figures.comparison([1, 2, 1.5], [1.6, 1.6, 1.6])["claim"],
                         "no claim: the spread is wider than the margin")

    def test_one_run_claims_nothing(self):
        self.assertEqual(figures.comparison([1], [3])["claim"], "no claim: 1 run")

    def test_a_target_says_whether_it_is_met(self):
        self.assertEqual(figures.target("size", [0.5], 0.6, exact=True)["verdict"], "met")
        self.assertEqual(figures.target("size", [0.7], 0.6, exact=True)["verdict"], "not met")
        self.assertEqual(figures.target("speed", [0.95, 0.96, 0.95], 0.9, at_least=True)["verdict"], "met")

    def test_a_target_that_the_spread_hides_says_so(self):
        verdict = figures.target("load", [0.3, 0.5, 0.34], 0.35)["verdict"]
        self.assertEqual(verdict, "met in the median; no claim: the spread is wider than the margin")

    def test_the_worst_is_furthest_on_the_wrong_side(self):
        rows = [figures.target("size", [value], 0.6, exact=True) for value in (0.5, 0.65, 0.55)]
        self.assertEqual(figures.worst(rows)["found"]["median"], 0.65)
        rows = [figures.target("speed", [value], 0.9, at_least=True) for value in (0.95, 0.8)]
        self.assertEqual(figures.worst(rows)["found"]["median"], 0.8)


if __name__ == "__main__":
    unittest.main()

"""Sizes as people write them."""

import argparse
import unittest

import sizes


class SizesTests(unittest.TestCase):
    def test_units_are_powers_of_ten_and_of_two(self):
        self.assertEqual(sizes.parsed("0.5 GB"), 500_000_000)
        self.assertEqual(sizes.parsed("64MiB"), 64 << 20)
        self.assertEqual(sizes.listed("4 GB,0.5 GB"), [500_000_000, 4_000_000_000])

    def test_what_is_no_size_is_refused(self):
        for text in ("", "5", "GB", "-1 GB", "0 MB", "five MB", "1 PB"):
            with self.assertRaises(argparse.ArgumentTypeError, msg=text):
                sizes.parsed(text)

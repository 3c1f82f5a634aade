"""What is said of packing."""

import contextlib
import io
import unittest

import packspeed
import watched


def row(name, size, seconds, resident):
    found = packspeed.Row(size, 3, name)
    for took, most in zip(seconds, resident):
        found.add(took, took, took, most)
    found.bytes = 1
    return found


class PackSpeedTests(unittest.TestCase):
    MiB = packspeed.MiB

    def goals(self, *rows):
        return {goal["name"].split(",")[0]: goal for goal in packspeed.goals(list(rows))}

    def test_speed_and_memory_are_held_against_zstd_on_the_same_content(self):
        goals = self.goals(row("bundler make", 10**9, [10, 10, 10], [200 * self.MiB] * 3),
                           row("zstd", 10**9, [9.5, 9.5, 9.5], [150 * self.MiB] * 3),
                           row("zstd -B1MiB", 10**9, [1, 1, 1], [1, 1, 1]))
        self.assertEqual(goals["speed of packing to zstd's"]["found"]["median"], 0.95)
        self.assertEqual(goals["speed of packing to zstd's"]["verdict"], "met")
        self.assertEqual(goals["MiB of memory above zstd's"]["found"]["median"], 50)

    def test_growth_is_of_the_largest_to_the_smallest(self):
        goals = self.goals(row("bundler make", 4 * 10**9, [10] * 3, [220] * 3),
                           row("bundler make", 10**9 // 2, [10] * 3, [200] * 3))
        self.assertEqual(goals["peak memory"]["found"]["median"], 1.1)
        self.assertEqual(goals["peak memory"]["verdict"], "not met")

    def test_options_that_cannot_be_are_refused(self):
        for words in (["--levels", "fast"], ["--levels", "23"], ["--runs", "0"], ["--sizes", "much"]):
            with self.assertRaises(SystemExit, msg=words), contextlib.redirect_stderr(io.StringIO()):
                packspeed.arguments(["--bundler", "b", "--folder", "f", *words])

    def test_a_span_runs_from_the_first_begin_to_the_last_end(self):
        began = {"pack node": 2.0, "check layers": 0.5, "pack images": 3.0}
        ended = {"pack node": 9.0, "pack images": 8.0, "check layers": 2.0}
        self.assertEqual(watched.span(began, ended, ("pack",)), 7.0)
        with self.assertRaises(ValueError):
            watched.span(began, ended, ("pull",))

    def test_lines_that_are_no_events_are_kept_for_a_failure(self):
        run = watched.Watched.__new__(watched.Watched)
        run.began, run.ended, said = {}, {}, []
        for number, line in enumerate([b'{"kind":"started","task":"pack a"}\n', b"error: no\n", b'{"x":1}\n', b"3\n",
                                       b'{"kind":"finished","task":"pack a"}\n']):
            run.take(line, number, said)
        self.assertEqual((run.began, run.ended), ({"pack a": 0}, {"pack a": 4}))
        self.assertEqual(said, [b"error: no\n", b'{"x":1}\n', b"3\n"])

"""What an earlier run has made."""

import pathlib
import tempfile
import types
import unittest

import prepared


class PreparedTests(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        paths = [self.folder / name for name in ("bundler", "node-install", "key.pub")]
        for path in paths:
            path.write_text("1")
        self.tools = types.SimpleNamespace(bundler=paths[0], node_install=paths[1], public_key=paths[2])

    def made(self, options=("--a",), entry=None):
        return prepared.Prepared(self.folder / "set", self.tools, list(options), entry or {"images": 1})

    def test_what_was_finished_is_used_again(self):
        first = self.made()
        first.begin()
        self.assertFalse(self.made().current())
        first.finish()
        self.assertTrue(self.made().current())

    def test_another_program_option_or_input_makes_it_anew(self):
        first = self.made()
        first.begin()
        first.finish()
        self.assertFalse(self.made(options=["--b"]).current())
        self.assertFalse(self.made(entry={"images": 2}).current())
        self.tools.bundler.write_text("2")
        self.assertFalse(self.made().current())

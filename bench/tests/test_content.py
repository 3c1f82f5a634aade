"""Content made of files: as many bytes as wanted, and the same ones each time."""

import gzip
import io
import pathlib
import tarfile
import tempfile
import unittest

import content
import oci


class ContentTests(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.root = self.folder / "root"
        self.root.mkdir()
        for name, text in (("b", b"b" * 300), ("a", b"a" * 500), ("empty", b"")):
            (self.root / name).write_bytes(text)
        (self.root / "link").symlink_to("a")
        (self.root / "again").hardlink_to(self.root / "b")

    def test_files_come_once_and_in_order(self):
        self.assertEqual([(path.name, size) for path, size in content.files([self.root])], [("a", 500), ("again", 300)])

    def test_what_is_missing_comes_again_with_other_bytes(self):
        pieces = list(content.pieces(1700, [self.root]))
        self.assertEqual([(turn, path.name, size) for turn, path, size in pieces],
                         [(0, "a", 500), (0, "again", 300), (1, "a", 500), (1, "again", 300), (2, "a", 100)])
        first, again = (b"".join(content.read(*pieces[number])) for number in (0, 2))
        self.assertEqual(first, b"a" * 500)
        self.assertEqual(len(set(again)), 1)
        self.assertNotEqual(first, again)

    def test_an_empty_machine_is_an_error(self):
        with self.assertRaises(ValueError):
            list(content.pieces(1, [self.folder / "nothing"]))

    def test_every_part_gets_its_share(self):
        dealt = content.shares(8000, (0.5, 0.5), [self.root])
        sums = [sum(length for _, _, length in part) for part in dealt]
        self.assertEqual(sum(sums), 8000)
        self.assertLessEqual(abs(sums[0] - sums[1]), 500)

    def test_a_layer_holds_the_pieces(self):
        layout = oci.Layout(self.folder / "layout")
        layout.create()
        plain, published = content.write_layer(layout, list(content.pieces(900, [self.root])))
        data = gzip.decompress(layout.blob(published).read_bytes())
        self.assertEqual(oci.digest(data), plain)
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            self.assertEqual([member.size for member in archive], [500, 300, 100])

    def test_noise_is_the_same_for_a_seed_and_stays_as_large(self):
        layout = oci.Layout(self.folder / "layout")
        layout.create()
        one = content.write_noise(layout, 50_000, 7)
        self.assertEqual(one, content.write_noise(layout, 50_000, 7))
        self.assertGreater(layout.blob(one[1]).stat().st_size, 50_000)

    def test_a_file_that_became_shorter_ends_in_zeros(self):
        self.assertEqual(b"".join(content.read(0, self.root / "b", 302)), b"b" * 300 + b"\0\0")

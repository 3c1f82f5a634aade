"""Bundles: made, and taken apart with stock tools."""

import json
import os
import pathlib
import shutil

import process


class Tools:
    """The programs that are measured, and the key that signs."""

    def __init__(self, bundler, node_install, key):
        self.bundler = pathlib.Path(bundler).resolve()
        self.node_install = pathlib.Path(node_install).resolve()
        self.key = pathlib.Path(key).resolve()

    @property
    def public_key(self):
        return self.key.with_suffix(".pub")

    def make(self, output, options):
        """The command that makes a bundle with its head."""
        return [str(self.bundler), "make", "--key", str(self.key), "--node-install", str(self.node_install),
                "--progress", "none", "--output", str(output), *options]


def remove(output):
    for ending in ("", ".sha256", ".sha256.sig", ".lock.json"):
        output.with_name(output.name + ending).unlink(missing_ok=True)


class Bundle:
    """A bundle's file, its index, and its packs as files of their own."""

    def __init__(self, path, folder):
        self.path = path
        self.outer = folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        # tar stops at the two zero blocks and leaves the trailer unread, so tail may see a closed pipe.
        process.call(f"set +o pipefail; tail -c +{trailer_offset(path) + 1} {path} | tar -x -C {folder}")
        self.index = json.loads((folder / "bundle.json").read_bytes())

    @property
    def size(self):
        return self.path.stat().st_size

    @property
    def head_bytes(self):
        return trailer_offset(self.path)

    def entry(self, name):
        return next(row for row in self.index["packs"] if row["name"] == name)

    def pack(self, name):
        return next(path for path in (self.outer / "packs").iterdir() if path.name.startswith(f"{name}.tar"))

    def window(self, name):
        return 1 << self.entry(name)["compression"]["windowLog"]

    def chain(self, name):
        """The packs whose stream this pack is decoded from: it, or the one that it continues and it."""
        before = self.entry(name).get("continues")
        return [before, name] if before else [name]

    def decoder(self, name, whole=False):
        """A line for bash that writes the tar of a pack; whole: the tars of its chain."""
        next_name = next((row["name"] for row in self.index["packs"] if row.get("continues") == name), None)
        chain = self.chain(next_name or name)
        line = f"cat {' '.join(str(self.pack(part)) for part in chain)} | zstd -dc --long=31"
        if next_name:
            # zstd alone gives the tar of a pack only with the end of its stream.
            return f"{{ {line} 2>/dev/null || true; }} | head -c {self.entry(name)['uncompressedSize']}"
        skipped = 0 if whole else sum(self.entry(part)["uncompressedSize"] for part in chain[:-1])
        return f"{line} | tail -c +{skipped + 1}" if skipped else line

    def stream_bytes(self, name):
        return sum(self.pack(part).stat().st_size for part in self.chain(name))

    def chains(self):
        """The bundle's streams, by the name of the pack that each ends with."""
        continued = {row.get("continues") for row in self.index["packs"]}
        return [row["name"] for row in self.index["packs"] if row["name"] not in continued]

    def images(self):
        """The pack of images: there is one at most."""
        return next(row["name"] for row in self.index["packs"] if row["name"].startswith("images"))

    def artifacts(self):
        """Digests of everything that the lock names beside images."""
        return {row["name"]: row["sha256"] for row in self.index["lock"]["artifacts"]}


def trailer_offset(path):
    """Where the bundle begins in the file: from its last 64 bytes, as bundle-spec/format.md says."""
    with open(path, "rb") as file:
        file.seek(-64, os.SEEK_END)
        trailer = file.read()
    if trailer[:8] != b"KFBUNDLE":
        raise ValueError(f"{path} has no trailer")
    return int.from_bytes(trailer[16:24], "little")

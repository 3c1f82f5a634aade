"""Content to pack: the files of this machine, in a fixed order, as many bytes as wanted."""

import gzip
import hashlib
import os
import pathlib
import random
import subprocess
import tarfile

import oci

ROOTS = ("/usr/bin", "/usr/lib", "/usr/share")
# One file of a gigabyte would be all that is measured.
LARGEST = 200_000_000
PIECE = 1 << 20


def files(roots=ROOTS):
    """Regular files below some folders, each once, by their paths."""
    seen = set()
    for root in roots:
        for folder, folders, names in os.walk(root):
            folders.sort()
            for name in sorted(names):
                path = pathlib.Path(folder, name)
                try:
                    status = path.lstat()
                except OSError:
                    continue
                if path.is_symlink() or not path.is_file() or not 0 < status.st_size <= LARGEST:
                    continue
                if (status.st_dev, status.st_ino) not in seen and os.access(path, os.R_OK):
                    seen.add((status.st_dev, status.st_ino))
                    yield path, status.st_size


def table(turn):
    """What the bytes of a file become in a turn: themselves, and in later ones others.

    Where the machine has too little, its files come again with their bytes exchanged for others: as compressible as
    before, and like nothing that was there before.
    """
    if turn == 0:
        return None
    values = list(range(256))
    random.Random(turn).shuffle(values)
    return bytes(values)


def pieces(size, roots=ROOTS):
    """Files of `size` bytes in all: turn, path, and how many bytes of it."""
    left, turn, found, source = size, 0, [], files(roots)
    while True:
        for path, length in source:
            if turn == 0:
                found.append((path, length))
            yield turn, path, min(left, length)
            left -= min(left, length)
            if left == 0:
                return
        if not found:
            raise ValueError(f"no files below {' '.join(map(str, roots))}")
        turn, source = turn + 1, found


def read(turn, path, length):
    """The bytes of one piece. A file that has become shorter ends in zeros: its size is in a header already."""
    exchanged = table(turn)
    with open(path, "rb") as file:
        while length > 0:
            data = file.read(min(PIECE, length)) or bytes(min(PIECE, length))
            length -= len(data)
            yield data if exchanged is None else data.translate(exchanged)


def shares(size, parts, roots=ROOTS):
    """The pieces of so many bytes, dealt out by `parts`, numbers that add up to 1: a list of pieces for each.

    The parts take turns, so that each has something of everything.
    """
    dealt, filled = [[] for _ in parts], [0.0] * len(parts)
    for turn, path, length in pieces(size, roots):
        emptiest = min(range(len(parts)), key=lambda number: filled[number] / parts[number])
        dealt[emptiest].append((turn, path, length))
        filled[emptiest] += length
    return dealt


def write_file(found, path):
    """A program that is none: pieces one behind the other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        for piece in found:
            file.writelines(read(*piece))
    path.chmod(0o755)


class Hashed:
    """Passes bytes on and hashes them."""

    def __init__(self, file):
        self.file, self.hasher = file, hashlib.sha256()

    def write(self, data):
        self.hasher.update(data)
        return self.file.write(data)

    @property
    def digest(self):
        return "sha256:" + self.hasher.hexdigest()


class Reader:
    """The bytes of one piece, as tarfile wants them."""

    def __init__(self, piece):
        self.parts, self.rest = read(*piece), b""

    def read(self, count):
        while len(self.rest) < count:
            part = next(self.parts, None)
            if part is None:
                break
            self.rest += part
        data, self.rest = self.rest[:count], self.rest[count:]
        return data


def write_layer(layout, found):
    """Pieces as a layer; the digests of its plain tar and of the published blob."""
    scratch = layout.folder / "layer"
    with open(scratch, "wb") as output:
        compressor = subprocess.Popen(["gzip", "-1", "-n"], stdin=subprocess.PIPE, stdout=output)
        plain = Hashed(compressor.stdin)
        with tarfile.open(fileobj=plain, mode="w|", format=tarfile.GNU_FORMAT) as archive:
            for piece in found:
                turn, path, length = piece
                member = tarfile.TarInfo(f"{turn}{path}")
                member.size = length
                archive.addfile(member, Reader(piece))
        compressor.stdin.close()
        if compressor.wait() != 0:
            raise ValueError(f"gzip ended with {compressor.returncode}")
    name = oci.digest_of(scratch)
    scratch.rename(layout.blob(name))
    return plain.digest, name


def write_noise(layout, size, seed):
    """A layer with one file that nothing makes smaller; as above."""
    source = random.Random(seed)
    scratch = layout.folder / "layer"
    with open(scratch, "wb") as output, gzip.GzipFile("", "wb", 0, output, mtime=0) as compressed:
        plain = Hashed(compressed)
        with tarfile.open(fileobj=plain, mode="w|", format=tarfile.GNU_FORMAT) as archive:
            member = tarfile.TarInfo(f"noise/{seed}")
            member.size = size
            archive.addfile(member, Noise(source, size))
    name = oci.digest_of(scratch)
    scratch.rename(layout.blob(name))
    return plain.digest, name


class Noise:
    def __init__(self, source, size):
        self.source, self.left = source, size

    def read(self, count):
        count = min(count, self.left)
        self.left -= count
        return self.source.randbytes(count)

#!/usr/bin/env python3
"""tree.py ROOT: prints the file tree below ROOT, a line each, sorted by path. See `testbed tree --help`."""
import concurrent.futures
import hashlib
import os
import stat
import sys

OUTSIDE = {"proc", "sys", "dev", "run", "tmp"}
KINDS = {stat.S_IFDIR: "dir", stat.S_IFREG: "file", stat.S_IFLNK: "link", stat.S_IFCHR: "char", stat.S_IFBLK: "block",
         stat.S_IFIFO: "fifo", stat.S_IFSOCK: "socket"}


def walk(folder, prefix):
    for entry in sorted(os.scandir(folder), key=lambda item: item.name):
        if prefix == "" and entry.name in OUTSIDE:
            continue
        path = f"{prefix}/{entry.name}"
        yield entry.path, path
        if entry.is_dir(follow_symlinks=False):
            yield from walk(entry.path, path)


def line(item):
    real, path = item
    try:
        info = os.lstat(real)
        kind = KINDS[stat.S_IFMT(info.st_mode)]
        size, extra = "-", "-"
        if kind == "file":
            size, digest = info.st_size, hashlib.sha256()
            with open(real, "rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
            extra = digest.hexdigest()
        elif kind == "link":
            extra = os.readlink(real)
        elif kind in ("char", "block"):
            extra = f"{os.major(info.st_rdev)}:{os.minor(info.st_rdev)}"
    except FileNotFoundError:
        return None
    mode = stat.S_IMODE(info.st_mode)
    return path, f"{path.encode('unicode_escape').decode()} {kind} {mode:04o} {info.st_uid}:{info.st_gid} {size} {extra}"


def main():
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        lines = [each for each in pool.map(line, walk(sys.argv[1], "")) if each]
    sys.stdout.write("".join(text + "\n" for _, text in sorted(lines)))


main()

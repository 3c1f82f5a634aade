"""A fresh ext4 for each run, in a mount namespace that nobody else sees."""

import ctypes
import os
import pathlib

import process

NEW_MOUNTS = 0x00020000


def own_mounts():
    """From here on mounts are this process's own, and end with it."""
    library = ctypes.CDLL(None, use_errno=True)
    if library.unshare(NEW_MOUNTS) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"unshare of mounts: {os.strerror(number)}")
    process.call(["mount", "--make-rprivate", "/"])


class FreshFileSystem:
    """An empty ext4 in a sparse file, mounted by a loop device for as long as the `with` lasts."""

    def __init__(self, folder, size):
        self.image = pathlib.Path(folder) / "fresh.img"
        self.place = pathlib.Path(folder) / "fresh"
        self.size = size

    def __enter__(self):
        self.place.mkdir(parents=True, exist_ok=True)
        self.image.unlink(missing_ok=True)
        with open(self.image, "wb") as file:
            file.truncate(self.size)
        process.call(["mkfs.ext4", "-q", "-F", "-m", "0", self.image])
        # No thread of the kernel may write inode tables while we measure.
        process.call(["mount", "-o", "loop,noinit_itable,noatime", self.image, self.place])
        return self.place

    def __exit__(self, *_):
        process.call(["umount", "--recursive", self.place])
        self.image.unlink()


def allocated(folder):
    """Bytes that a folder takes on the disk, each file with several names once."""
    return int(process.call(["du", "--summarize", "--block-size=1", folder]).split()[0])


def sync(folder):
    """The command that waits until a file system has everything on the disk."""
    return f"sync --file-system {folder}"


def tree_bytes(folder):
    return sum(entry.stat().st_size for entry in folder.rglob("*") if entry.is_file() and not entry.is_symlink())


def tree_files(folder):
    return sum(1 for entry in folder.rglob("*") if entry.is_file())

"""Reads at the speed of a USB stick, by a cgroup that is made for it and goes with it."""

import os
import pathlib

GROUPS = pathlib.Path("/sys/fs/cgroup")


class ReadLimit:
    """A cgroup whose processes read a path's disk at so many bytes a second.

    `prefix()` is a line for bash that moves the shell into it; `absent` says why there can be none.
    """

    def __init__(self, path, rate, name="kubeferry-bench"):
        self.rate, self.device = rate, disk_of(path)
        self.absent = None
        if (GROUPS / "blkio").is_dir():
            self.folder, self.file = GROUPS / "blkio" / name, "blkio.throttle.read_bps_device"
            self.line = f"{self.device} {rate}"
        else:
            self.folder, self.file, self.line = GROUPS / name, "io.max", f"{self.device} rbps={rate}"
            # Switching a controller on would change the machine's cgroups.
            if "io" not in (GROUPS / "cgroup.subtree_control").read_text().split():
                self.absent = "the io controller is not enabled for cgroups below the root"

    def __enter__(self):
        if not self.absent:
            try:
                self.folder.mkdir(exist_ok=True)
                (self.folder / self.file).write_text(self.line)
            except OSError as error:
                self.absent = f"{self.folder / self.file}: {error.strerror}"
        return self

    def __exit__(self, *_):
        if self.folder.is_dir():
            self.folder.rmdir()

    def prefix(self):
        return f"echo $$ >{self.folder}/cgroup.procs\n"


def disk_of(path):
    """`MAJOR:MINOR` of the whole disk that a path lies on: a partition cannot be limited."""
    number = os.stat(path).st_dev
    device = f"{os.major(number)}:{os.minor(number)}"
    entry = pathlib.Path(f"/sys/dev/block/{device}").resolve()
    if (entry / "partition").exists():
        return (entry.parent / "dev").read_text().strip()
    return device

"""What the results were made on."""

import os
import pathlib
import platform
import re
import shutil

import containerd
import process


def describe():
    return {
        "cores": os.cpu_count(), "kernel": platform.release(),
        "processor": next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo")
                           if line.startswith("model name")), "unknown"),
        "memoryBytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "loadBefore": os.getloadavg()[0],
    }


def versions(programs, tools):
    """The first thing that each program says of its version."""
    found = {"containerd": containerd.version(programs)}
    for name in ("zstd", "xz", "gzip", "tar", "openssl", "skopeo", "makeself", "docker-registry"):
        if shutil.which(name):
            asked = "version" if name == "openssl" else "--version"
            line = process.call(f"{name} {asked} 2>&1 | head -n 1 || true").decode()
            found[name] = next(iter(re.findall(r"\d+\.\d[^\s,)]*", line)), "?")
    found["bundler"] = process.call([tools.bundler, "--version"]).decode().split()[-1]
    found["commit"] = process.call("git describe --always --dirty --abbrev=12 2>/dev/null || echo unknown").decode().strip()
    return found


def missing():
    """Programs that nothing works without."""
    needed = ("xz", "zstd", "tar", "gzip", "makeself", "openssl", "mkfs.ext4", "mount", "fincore", "du", "dpkg-deb",
              "docker-registry", "sha256sum")
    return [name for name in needed if not shutil.which(name)]


def free_bytes(folder):
    found = os.statvfs(pathlib.Path(folder))
    return found.f_bavail * found.f_frsize

#!/usr/bin/env python3
"""Measures bundler and its neighbours on the same content, in one run. Python's standard library alone.

Every command runs BENCH_RUNS times, in turns, so that a slow minute of the machine meets all of them. Each run gives
wall-clock seconds, MB of input per second, peak memory and the size of what it made; the report has median and spread.
"""

import argparse
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import time

MEGABYTE = 1_000_000


class Measurement:
    """One row of the report: a command and what its runs took."""

    def __init__(self, group, name, command, source_bytes, output=None, prepare=None):
        self.group = group
        self.name = name
        self.command = command
        self.source_bytes = source_bytes
        self.output = output
        self.prepare = prepare
        self.seconds = []
        self.memory = []
        self.size = None

    def run(self):
        if self.prepare:
            self.prepare()
        seconds, memory = timed(self.command)
        self.seconds.append(seconds)
        self.memory.append(memory)
        if self.output:
            self.size = self.output.stat().st_size

    def row(self):
        median = statistics.median(self.seconds)
        return {
            "group": self.group,
            "name": self.name,
            "command": self.command if isinstance(self.command, str) else " ".join(self.command),
            "runs": len(self.seconds),
            "seconds": {"median": median, "least": min(self.seconds), "most": max(self.seconds)},
            "megabytesPerSecond": self.source_bytes / MEGABYTE / median,
            "peakMemoryBytes": max(self.memory),
            "sizeBytes": self.size,
        }


def timed(command):
    """Runs a command; seconds and the peak resident memory of its largest process, in bytes."""
    log = open("/dev/null", "wb")
    begin = time.monotonic()
    process = subprocess.Popen(
        command, shell=isinstance(command, str), executable="/bin/bash" if isinstance(command, str) else None,
        stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    log.close()
    if process.returncode != 0:
        sys.exit(f"bench: '{command}' ended with {process.returncode}, expected 0:\n{errors.decode(errors='replace')}")
    # Kilobytes on Linux; of the process or of one that it waited for, whichever is larger.
    return seconds, usage.ru_maxrss * 1024


def tree_bytes(folder):
    return sum(entry.stat().st_size for entry in folder.rglob("*") if entry.is_file() and not entry.is_symlink())


def unpack_packs(bundle, folder):
    """Takes a bundle apart with stock tools: the packs, and their content in one tree."""
    outer = folder / "outer"
    content = folder / "content"
    for path in (outer, content):
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
    subprocess.run(
        # tar stops at the two zero blocks and leaves the trailer unread, so tail may see a closed pipe.
        ["bash", "-c", f"tail -c +{trailer_offset(bundle) + 1} {bundle} | tar -x -C {outer}"], check=True)
    index = json.loads((outer / "bundle.json").read_bytes())
    for pack in index["packs"]:
        target = content / pack["name"]
        target.mkdir()
        source = outer / "packs" / f"{pack['name']}.tar.zst"
        subprocess.run(["bash", "-c", f"set -o pipefail; zstd -dc --long=31 {source} | tar -x -C {target}"], check=True)
    return index, outer, content


def trailer_offset(bundle):
    """Where the bundle begins in the file: from its last 64 bytes, as bundle-spec/format.md says."""
    with open(bundle, "rb") as file:
        file.seek(-64, os.SEEK_END)
        trailer = file.read()
    if trailer[:8] != b"KFBUNDLE":
        sys.exit(f"bench: {bundle} has no trailer")
    return int.from_bytes(trailer[16:24], "little")


def remover(*paths):
    def remove():
        for path in paths:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    return remove


def emptied(folder):
    def empty():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    return empty


def measurements(arguments, index, outer, content):
    """The rows: pack, check and unpack, ours beside the others, all on the same content."""
    folder = arguments.folder
    total = tree_bytes(content)
    compression = index["packs"][0]["compression"]
    level, window = compression["level"], compression["windowLog"]
    bundle = folder / "bench.run"
    xz, zstd, makeself = folder / "content.tar.xz", folder / "content.tar.zst", folder / "content.makeself.run"
    scratch = folder / "unpacked"
    cores = os.cpu_count()
    ultra = "--ultra " if level > 19 else ""
    unpack_ours = "set -eo pipefail; " + "; ".join(
        f"mkdir {scratch}/{pack['name']}; zstd -dc --long=31 {outer}/packs/{pack['name']}.tar.zst | tar -x -C {scratch}/{pack['name']}"
        for pack in index["packs"])
    return [
        Measurement("pack", "bundler make, warm cache", arguments.make + ["--output", str(bundle)], total, bundle,
                    remover(bundle, bundle.with_suffix(".run.sha256"), bundle.with_suffix(".run.sha256.sig"))),
        Measurement("pack", "tar | xz -T0", f"set -o pipefail; tar -c -C {content} . | xz -T0 > {xz}", total, xz),
        Measurement("pack", f"tar | zstd -{level} --long={window} -T{cores}",
                    f"set -o pipefail; tar -c -C {content} . | zstd -q {ultra}-{level} --long={window} -T{cores} > {zstd}",
                    total, zstd),
        Measurement("pack", "makeself (gzip)",
                    ["makeself", "--quiet", "--nomd5", "--nocrc", "--sha256", str(content), str(makeself), "bench", "true"],
                    total, makeself, remover(makeself)),
        Measurement("check", "bundler verify", [arguments.bundler, "verify", str(bundle), "--trusted-key", arguments.public_key],
                    bundle_bytes(arguments), None),
        Measurement("check", "sha256sum", ["sha256sum", str(bundle)], bundle_bytes(arguments), None),
        Measurement("check", "makeself --check", [str(makeself), "--check"], total, None),
        Measurement("unpack", "our packs, by zstd and tar", unpack_ours, total, None, emptied(scratch)),
        Measurement("unpack", "xz -T0 -d | tar", f"set -o pipefail; xz -T0 -dc {xz} | tar -x -C {scratch}", total, None,
                    emptied(scratch)),
        Measurement("unpack", "zstd -d | tar", f"set -o pipefail; zstd -dc --long=31 {zstd} | tar -x -C {scratch}", total, None,
                    emptied(scratch)),
        Measurement("unpack", "makeself --target",
                    [str(makeself), "--quiet", "--nox11", "--noexec", "--target", str(scratch / "makeself")], total, None,
                    emptied(scratch)),
    ]


def bundle_bytes(arguments):
    return (arguments.folder / "bench.run").stat().st_size


def report(rows, index, total, files):
    machine = {
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "processor": next(
            (line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown"),
        "memoryBytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
    }
    result = {
        "schemaVersion": 1, "machine": machine, "kubernetes": index["release"]["kubernetes"],
        "content": {"bytes": total, "files": files}, "rows": rows,
    }
    lines = [
        f"Kubernetes {index['release']['kubernetes']}: {files} files, {total / MEGABYTE:.1f} MB. "
        f"{machine['cores']} cores, {machine['processor']}, Linux {machine['kernel']}.", "",
        "| | | Seconds, median (least to most) | MB/s | Peak memory, MB | Size, MB |", "|---|---|---|---|---|---|",
    ]
    for row in rows:
        seconds = row["seconds"]
        size = f"{row['sizeBytes'] / MEGABYTE:.1f}" if row["sizeBytes"] else ""
        name = row["name"].replace("|", "\\|")
        lines.append(
            f"| {row['group']} | {name} | {seconds['median']:.2f} ({seconds['least']:.2f} to {seconds['most']:.2f}) "
            f"| {row['megabytesPerSecond']:.1f} | {row['peakMemoryBytes'] / MEGABYTE:.0f} | {size} |")
    return result, "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=int(os.environ.get("BENCH_RUNS", "3")), help="runs of each command")
    parser.add_argument("--folder", type=pathlib.Path, required=True, help="scratch and results")
    parser.add_argument("--bundler", required=True)
    parser.add_argument("--public-key", required=True)
    parser.add_argument("make", nargs=argparse.REMAINDER, help="after --: the whole `bundler make` command, without --output")
    arguments = parser.parse_args()
    arguments.folder = arguments.folder.resolve()
    arguments.make = [word for word in arguments.make if word != "--"]
    if arguments.runs < 1:
        parser.error(f"--runs {arguments.runs}: expected at least 1")
    missing = [tool for tool in ("xz", "zstd", "tar", "makeself", "sha256sum") if not shutil.which(tool)]
    if missing:
        sys.exit(f"bench: missing {', '.join(missing)}; run: Scripts/deps bench")

    arguments.folder.mkdir(parents=True, exist_ok=True)
    bundle = arguments.folder / "bench.run"
    print("bench: filling the cache", file=sys.stderr)
    remover(bundle)()
    timed(arguments.make + ["--output", str(bundle)])
    index, outer, content = unpack_packs(bundle, arguments.folder)
    total = tree_bytes(content)
    files = sum(1 for entry in content.rglob("*") if entry.is_file())

    rows = measurements(arguments, index, outer, content)
    for turn in range(1, arguments.runs + 1):
        for row in rows:
            print(f"bench: {turn}/{arguments.runs} {row.group}: {row.name}", file=sys.stderr)
            row.run()
    result, table = report([row.row() for row in rows], index, total, files)
    (arguments.folder / "results.json").write_text(json.dumps(result, indent=2, sort_keys=True) + "\n")
    (arguments.folder / "results.md").write_text(table)
    for path in (outer, content, arguments.folder / "unpacked"):
        shutil.rmtree(path, ignore_errors=True)
    print(table)
    print(f"bench: {arguments.folder}/results.json, results.md", file=sys.stderr)


if __name__ == "__main__":
    main()

"""Packing: speed and peak memory of `bundler make` beside zstd itself, on the same bytes, settings and threads."""

import argparse
import json
import os
import pathlib
import shlex
import shutil
import sys

import bundle as bundles
import content
import figures
import inputs
import oci
import process
import sizes
import watched
from suite import LISTING

MiB = 1 << 20
# How the content is dealt out: a program, layers for all nodes, layers of the control plane.
SHARES = (0.5, 0.2, 0.3)
IMAGES = ("registry.k8s.io/coredns/coredns:v1.12.1", "registry.k8s.io/kube-apiserver:v1.35.8")
SANDBOX = "registry.k8s.io/pause:3.10"


def arguments(words=None):
    parser = argparse.ArgumentParser(prog="bench/pack", description=__doc__)
    parser.add_argument("--bundler", type=pathlib.Path, required=True, help="release build")
    parser.add_argument("--folder", type=pathlib.Path, required=True, help="scratch and results: 4 times the largest size")
    parser.add_argument("--runs", type=int, default=3, help="runs of each row")
    parser.add_argument("--levels", default="3,9,21", help="zstd's levels")
    parser.add_argument("--sizes", type=sizes.listed, default=sizes.listed("0.5 GB,4 GB"), help="bytes of content")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of both")
    parser.add_argument("--also", action="append", default=[], metavar="OPTIONS",
                        help="one more row of zstd with these options for its jobs, such as -B64MiB; "
                             "repeatable")
    found = parser.parse_args(words)
    try:
        found.levels = [int(level) for level in found.levels.split(",")]
    except ValueError:
        parser.error(f"--levels {found.levels}: expected numbers, such as 3,9,21")
    if not all(1 <= level <= 22 for level in found.levels):
        parser.error("--levels: zstd has 1 to 22")
    if found.runs < 1 or found.threads < 1:
        parser.error("--runs and --threads are at least 1")
    found.bundler, found.folder = found.bundler.resolve(), found.folder.resolve()
    return found


def say(text):
    print(f"bench/pack: {text}", file=sys.stderr, flush=True)


class Upstream:
    """A folder that `make --from-folder` takes everything from; kept for the next run."""

    def __init__(self, options, size):
        self.options, self.size = options, size
        self.folder = options.folder / f"content-{size}"
        self.mark = self.folder / "whole"

    def prepare(self):
        if self.mark.exists():
            return
        say(f"content of {sizes.shown(self.size)}")
        shutil.rmtree(self.folder, ignore_errors=True)
        references = [*IMAGES, SANDBOX]
        plan = json.loads(process.call(
            [self.options.bundler, "plan", "--k8s", LISTING, "--cni", "none", "--offline", "--format", "json"]))
        inputs.stand_ins(plan, references, self.folder)
        program, *layers = content.shares(self.size, SHARES)
        kubelet = next(row["source"] for row in plan["artifacts"] if row["name"] == "kubelet")
        content.write_file(program, self.folder / kubelet.split("://", 1)[1])
        layout = oci.Layout(self.folder / "images" / "content")
        layout.create()
        rows = [oci.add_image(layout, reference, [content.write_layer(layout, found)], {})
                for reference, found in zip(IMAGES, layers)]
        rows.append(oci.add_image(layout, SANDBOX, [content.write_noise(layout, 1000, 1)], {}))
        layout.write_index(rows)
        self.mark.touch()

    def warm(self):
        process.warm([path for path in self.folder.rglob("*") if path.is_file()])


class Row:
    """One contender on one size and level."""

    def __init__(self, size, level, name):
        self.size, self.level, self.name = size, level, name
        self.runs, self.bytes = [], None

    def add(self, seconds, packing, processors, resident):
        self.runs.append({"seconds": seconds, "packingSeconds": packing, "processorSeconds": processors,
                          "peakMemoryBytes": resident})

    def values(self, field):
        return [run[field] for run in self.runs]

    def row(self):
        return {"contentBytes": self.size, "level": self.level, "name": self.name, "bytes": self.bytes,
                "runs": self.runs}


def ours(options, upstream, level, row):
    """One run of `make`; the bundle that it made."""
    output = options.folder / "bench.run"
    bundles.remove(output)
    run = watched.Watched([
        options.bundler, "make", "--k8s", LISTING, "--cni", "none", "--from-folder", upstream.folder, "--unsigned",
        "--bundle-only", "--progress", "json", "--compression-level", level, "--threads", options.threads, "--output",
        output])
    row.add(run.seconds, run.span("pack"), run.processors, run.resident)
    return output


def streams(path, folder):
    """The tars that the bundle's streams decode to, as files, and their window."""
    bundle = bundles.Bundle(path, folder / "outer")
    made = []
    for number, name in enumerate(bundle.chains()):
        stream = folder / f"stream-{number}.tar"
        process.call(f"{bundle.decoder(name, whole=True)} > {stream}")
        made.append(stream)
    window = max(row["compression"]["windowLog"] for row in bundle.index["packs"])
    packed = sum(row["size"] for row in bundle.index["packs"])
    shutil.rmtree(bundle.outer)
    return made, window, packed


def by_zstd(options, level, window, more, tars, row):
    """One run of zstd itself over the streams, one after the other."""
    output = options.folder / "stream.zst"
    seconds = processors = resident = size = 0
    for tar in tars:
        # The size is not told to it either: from a file it would choose other settings for a small one.
        run = process.measure(
            ["sh", "-c", f"exec zstd -q -f --ultra -{level} --long={window} -T{options.threads} {more} "
             f"-o {shlex.quote(str(output))} < {shlex.quote(str(tar))}"])
        seconds, processors = seconds + run.seconds, processors + run.processors
        resident, size = max(resident, run.resident), size + output.stat().st_size
    row.add(seconds, seconds, processors, resident)
    row.bytes = size


def case(options, size, level):
    """All contenders on one size and level, in turns."""
    upstream = Upstream(options, size)
    upstream.prepare()
    mine, peer = Row(size, level, "bundler make"), Row(size, level, "zstd")
    others = [(Row(size, level, f"zstd {more or 'with its own jobs'}"), more) for more in options.also]
    tars = None
    for turn in range(options.runs):
        say(f"{turn + 1}/{options.runs}: {sizes.shown(size)}, level {level}, make")
        upstream.warm()
        output = ours(options, upstream, level, mine)
        if tars is None:
            tars, window, mine.bytes = streams(output, options.folder)
        bundles.remove(output)
        process.warm(tars)
        for row, more in [(peer, ""), *others]:
            say(f"{turn + 1}/{options.runs}: {sizes.shown(size)}, level {level}, {row.name}")
            by_zstd(options, level, window, more, tars, row)
    for tar in tars:
        tar.unlink()
    return [mine, peer, *(row for row, _ in others)]


def goals(rows):
    """The numbers to reach: of each level its growth, and of each case what it takes beside zstd."""
    found = []
    for mine, peer in ((a, b) for a in rows for b in rows if a.name == "bundler make" and b.name == "zstd"
                       and (a.size, a.level) == (b.size, b.level)):
        what = f"level {mine.level}, {sizes.shown(mine.size)}"
        found.append(figures.target(
            f"speed of packing to zstd's, {what}", figures.ratios(peer.values("seconds"), mine.values("packingSeconds")),
            0.9, at_least=True))
        above = [a - b for a, b in zip(mine.values("peakMemoryBytes"), peer.values("peakMemoryBytes"))]
        found.append(figures.target(f"MiB of memory above zstd's, {what}", [value / MiB for value in above], 64))
    mine = [row for row in rows if row.name == "bundler make"]
    for level in sorted({row.level for row in mine}):
        same = sorted((row for row in mine if row.level == level), key=lambda row: row.size)
        if len(same) > 1:
            found.append(figures.target(
                f"peak memory, {sizes.shown(same[-1].size)} to {sizes.shown(same[0].size)}, level {level}",
                figures.ratios(same[-1].values("peakMemoryBytes"), same[0].values("peakMemoryBytes")), 1.05))
    return found


def table(rows, targets):
    lines = ["| level | content | row | packed | wall, s | packing, s | processors, s | peak memory, MiB |",
             "|---|---|---|---|---|---|---|---|"]
    for row in rows:
        cells = [figures.summary(row.values(field))["median"]
                 for field in ("seconds", "packingSeconds", "processorSeconds", "peakMemoryBytes")]
        lines.append(f"| {row.level} | {sizes.shown(row.size)} | {row.name} | {sizes.shown(row.bytes)} | {cells[0]:.1f} | "
                     f"{cells[1]:.1f} | {cells[2]:.1f} | {cells[3] / MiB:.0f} |")
    lines += ["", "| to reach | limit | found | |", "|---|---|---|---|"]
    for target in targets:
        sign = "≥" if target["atLeast"] else "≤"
        lines.append(f"| {target['name']} | {sign} {target['limit']} | {target['found']['median']:.3f} | "
                     f"{target['verdict']} |")
    return "\n".join(lines) + "\n"


def main():
    options = arguments()
    options.folder.mkdir(parents=True, exist_ok=True)
    try:
        rows = [row for level in options.levels for size in options.sizes for row in case(options, size, level)]
    except (process.Failed, ValueError, OSError) as error:
        sys.exit(f"bench/pack: {error}")
    targets = goals(rows)
    (options.folder / "pack.json").write_text(json.dumps(
        {"schemaVersion": 1, "threads": options.threads, "rows": [row.row() for row in rows], "targets": targets},
        indent=2, sort_keys=True) + "\n")
    text = table(rows, targets)
    (options.folder / "pack.md").write_text(text)
    print(text, end="")

#!/usr/bin/env python3
"""Measures bundler and node-install beside their neighbours, on the same content, in one run. Standard library alone.

Every contender of one table runs in turns, so that a slow minute of the machine meets all of them. docs/benchmarks.md
says what each row means; Scripts/bench builds what is measured and calls this.
"""

import argparse
import json
import os
import pathlib
import shutil
import signal
import sys

import earlier
import filesystem
import inputs
import machine
import process
import report
from bundle import Tools
from suite import Suite

SETS = (inputs.KUBERNETES, "debian", "large")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=pathlib.Path, required=True, help="scratch and results, on ext4 or xfs")
    parser.add_argument("--inputs", type=pathlib.Path, required=True, help="where inputs are kept from run to run")
    parser.add_argument("--runs", type=int, default=int(os.environ.get("BENCH_RUNS", "5")), help="runs of each contender")
    parser.add_argument("--sets", default=os.environ.get("BENCH_SETS", " ".join(SETS)), help="which sets, in one word")
    parser.add_argument("--bundler", help="release build")
    parser.add_argument("--node-install", help="static build")
    parser.add_argument("--key", help="private key; its public one lies beside it")
    parser.add_argument("--containerd", type=pathlib.Path, help="folder of containerd and ctr")
    parser.add_argument("--testbed", type=pathlib.Path, help="Tests/Testbed/testbed")
    parser.add_argument("--upstream", type=pathlib.Path, help="the test bed's tree of published files")
    parser.add_argument("--registry", help="address of the test bed's registry")
    parser.add_argument("--lock", action="store_true", help="renew bench/inputs.lock by what the archive has now; no run")
    parser.add_argument("--lock-kubernetes", action="store_true", help="write this machine's Kubernetes into the lock")
    parser.add_argument("make", nargs=argparse.REMAINDER, help="after --: options of `bundler make` for Kubernetes")
    found = parser.parse_args()
    found.folder, found.inputs = found.folder.resolve(), found.inputs.resolve()
    found.make = [word for word in found.make if word != "--"]
    found.sets = found.sets.replace(",", " ").split()
    unknown = [name for name in found.sets if name not in SETS]
    if found.runs < 1:
        parser.error(f"--runs {found.runs}: expected at least 1")
    if unknown or not found.sets:
        parser.error(f"--sets {' '.join(unknown)}: expected some of {' '.join(SETS)}")
    return found


def with_earlier(result, folder):
    """Adds the sets of the results that are there already, if they are of the same state and machine."""
    path = folder / "results.json"
    if os.environ.get("BENCH_KEEP", "") in ("", "0") or not path.exists():
        return result
    before = json.loads(path.read_text())
    difference = earlier.difference(result, before)
    if difference:
        print(f"bench: the earlier results are not kept: {difference}", file=sys.stderr)
        return result
    return earlier.merged(result, before)


def main():
    options = arguments()
    missing = machine.missing()
    if missing:
        sys.exit(f"bench: missing {', '.join(missing)}; run: Scripts/deps bench && Tests/Testbed/testbed deps")
    for folder in (options.folder, options.inputs):
        folder.mkdir(parents=True, exist_ok=True)
    if options.lock:
        inputs.renew(options.inputs)
        return
    # So that every `with` ends what it started.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    filesystem.own_mounts()
    suite = Suite(options, Tools(options.bundler, options.node_install, options.key))
    try:
        result = suite.run()
    except (process.Failed, ValueError, OSError) as error:
        sys.exit(f"bench: {error}")
    for name in ("work", "fresh"):
        shutil.rmtree(options.folder / name, ignore_errors=True)
    if not suite.preparing:
        print(report.write(with_earlier(result, options.folder), options.folder))
        print(f"bench: {options.folder}/results.json, results.md, results.svg", file=sys.stderr)
    if suite.failures:
        sys.exit("bench: FAILED, and left out of the comparison:\n" + "\n".join(suite.failures))


if __name__ == "__main__":
    main()

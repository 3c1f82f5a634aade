"""A whole installation on a bare node of the test bed: from the end of the full check to the start of kubeadm."""

import json
import subprocess
import threading
import time

import filesystem
import loads
import process
from throttle import ReadLimit

NAME, ADDRESS = "bench0", "10.77.0.91"
CHECK = "check packs"
# Not the bundle's bytes: listed apart.
APART = ("host-packages", "containerd")
USB = 100_000_000
PROGRAM = "/root/k8s.run"


class Node:
    """One node of the test bed, for as long as the `with` lasts."""

    def __init__(self, testbed):
        self.testbed = testbed

    def call(self, *words):
        return process.call([self.testbed, *words]).decode()

    def __enter__(self):
        self.call("net", "up")
        self.call("node", "down", NAME)
        self.call("node", "up", NAME, ADDRESS, "--base", "base-bare")
        self.call("node", "wait", NAME)
        self.root = self.call("node", "root", NAME).strip()
        return self

    def __exit__(self, *_):
        self.call("node", "down", NAME)


def install(node, tools, bundle, folder, limit):
    """Installs once; seconds by event.

    limit: a ReadLimit that is entered, for a cold start: then the bundle is dropped from the page cache, and again when
    the check has ended, since a node with less memory would have to read it again.
    """
    settings = folder / "node.json"
    # What such a node in a container needs and a real one does not.
    settings.write_text('{"schemaVersion": 1, "containerd": {"cri": {"restrict_oom_score_adj": true}}}\n')
    for source, target in ((bundle.path, PROGRAM), (tools.public_key, "/root/release.pub"), (settings, "/root/node.json")):
        node.call("node", "put", NAME, source, target)
    carried = type(bundle.path)(node.root + PROGRAM)
    process.forget([carried]) if limit else process.warm([carried])
    command = (f"{limit.prefix() if limit else ''}exec {node.testbed} node sh {NAME} {PROGRAM} --role master --yes "
               f"--trusted-key /root/release.pub --config /root/node.json --node-ip {ADDRESS} --progress json")
    running = subprocess.Popen(["bash", "-c", command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE)
    events, lines = [], []
    for line in running.stderr:
        now = time.monotonic()
        lines.append(line)
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if event.get("kind") in ("started", "finished"):
            events.append((now, event["kind"], event["task"]))
            if limit and (event["kind"], event["task"]) == ("finished", CHECK):
                threading.Thread(target=process.forget, args=([carried],)).start()
    if running.wait() != 0:
        raise process.Failed(command, running.returncode, b"".join(lines[-12:]))
    return events


def parts(events):
    """Seconds from the check to kubeadm, and of each step between: of pairs of time, kind and task."""
    checked = next(at for at, kind, task in events if (kind, task) == ("finished", CHECK))
    begun = next(at for at, kind, task in events if kind == "started" and task.endswith(" kubeadm-init"))
    steps = {}
    for at, kind, task in events:
        if checked <= at <= begun and task.startswith("step ") and not task.endswith(" kubeadm-init"):
            steps[task.split()[-1]] = at - steps.get(task.split()[-1], 0) if kind == "finished" else at
    apart = sum(steps.get(name, 0) for name in APART)
    return {"seconds": begun - checked - apart, "wholeSeconds": begun - checked, "apartSeconds": apart, "steps": steps}


def floor(bundle, place, limit):
    """The bytes that a master needs, with stock tools on the node's own disk; seconds."""
    needed = [name for name in bundle.chains() if name == "node" or name == bundle.images()]
    packs = [bundle.pack(part) for name in needed for part in bundle.chain(name)]
    process.forget(packs) if limit else process.warm(packs)
    place.mkdir()
    lines = "\n".join(loads.hashed(bundle.decoder(name, whole=True), place / name, f"tar -xi -C {place}") for name in needed)
    run = process.measure(f"{limit.prefix() if limit else ''}{lines}\n{filesystem.sync(place)}")
    process.call(["rm", "-rf", place])
    return run.seconds


def once(testbed, tools, bundle, folder, cold):
    """One installation and one floor; None and why where reads cannot be limited."""
    with ReadLimit(folder, USB) as found:
        if cold and found.absent:
            return None, found.absent
        limit = found if cold else None
        with Node(testbed) as node:
            result = parts(install(node, tools, bundle, folder, limit))
            result["floorSeconds"] = floor(bundle, folder / "node-floor", limit)
        return result, None

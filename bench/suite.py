"""One run of the whole: what is measured, in which order."""

import json
import os
import shutil
import sys

import archives
import baseline
import bundle as bundles
import checks
import containerd
import goals
import inputs
import loads
import machine
import node
import packs
import prepared
import process

# A Kubernetes whose image tags the matrix has not seen: bundler takes what kubeadm lists, here our sets.
LISTING = "v1.35.8"


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def wanted(name, default):
    return os.environ.get(name, default) not in ("", "0", "no")


class Suite:
    """Holds what the parts share, and what came out."""

    def __init__(self, options, tools):
        self.options, self.tools = options, tools
        self.folder = options.folder / "work"
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.preparing = wanted("BENCH_PREPARE", "0")
        self.extra = os.environ.get("BENCH_MAKE_OPTIONS", "").split()
        self.number = containerd.version(options.containerd)
        self.notices, self.failures = [], []
        # Of what is being measured.
        self.set = None
        self.result = {"schemaVersion": 3, "machine": machine.describe(), "runs": options.runs,
                       "versions": machine.versions(options.containerd, tools), "sets": {}, "work": [], "node": {},
                       "inputs": {}, "targets": [], "notices": self.notices}

    def run(self):
        for name in self.options.sets:
            if self.preparing and name == inputs.KUBERNETES:
                say(f"set {name}: nothing to prepare, it is packed as part of what is measured")
                continue
            say(f"set {name}")
            self.set = name
            try:
                (self.kubernetes if name == inputs.KUBERNETES else self.packaged)(name)
            except (process.Failed, ValueError, OSError) as error:
                # What was measured of the other sets is still worth its report.
                self.failures.append(f"set {name}: {error}")
        self.notice([f"FAILED: {line}" for line in self.failures])
        return self.result

    def notice(self, lines):
        self.notices += [{"set": self.set, "text": line} for line in lines]

    def add(self, part, rows):
        """Rows of `work` or `targets`."""
        self.result[part] += [row | {"set": self.set} for row in rows]

    def kubernetes(self, name):
        make = self.tools.make(self.folder / "kubernetes.run", [*self.options.make, *self.extra])
        say("bundler make, filling the cache")
        bundles.remove(self.folder / "kubernetes.run")
        process.call(make)
        bundle = bundles.Bundle(self.folder / "kubernetes.run", self.folder / "kubernetes-bundle")
        references = [row["reference"] for row in bundle.index["lock"]["images"]]
        layout, found, notices = inputs.built(
            self.options.registry, references, bundle.artifacts(), self.options.inputs)
        self.notice(notices)
        self.result["inputs"][name] = found
        if self.options.lock_kubernetes:
            lock = inputs.read_lock()
            lock["sets"][name] = found
            inputs.write_lock(lock)
        artifacts = baseline.artifact_bytes(bundle, self.options.upstream)
        say("archives for the others")
        made = archives.Archives(layout, self.folder / "kubernetes-archives")
        made.make()
        self.one_set(name, found["about"], bundle, made, sum(artifacts.values()), make)
        shutil.rmtree(made.folder)
        if wanted("BENCH_WORK", "1"):
            self.work(make, bundle)
        if wanted("BENCH_NODE", "1"):
            self.node(bundle)

    def packaged(self, name):
        layout, notices = inputs.packaged(name, self.options.inputs)
        self.notice(notices)
        entry = inputs.read_lock()["sets"][name]
        self.result["inputs"][name] = entry
        upstream = self.folder / "stand-ins"
        options = ["--k8s", LISTING, "--cni", "none", "--from-folder", str(upstream)]
        folder = self.options.folder / "prepared" / name
        path = folder / f"{name}.run"
        make = self.tools.make(path, [*options, *self.extra])
        earlier = prepared.Prepared(folder, self.tools, make, entry)
        made = archives.Archives(layout, folder / "archives")
        if earlier.current():
            say("what was made before is used: the same programs, inputs and options")
        else:
            earlier.begin()
            self.stand_ins(layout, upstream)
            say("bundler make")
            process.call(make)
            say("archives for the others")
            made.make()
            earlier.finish()
        if self.preparing:
            return
        bundle = bundles.Bundle(path, self.folder / f"{name}-bundle")
        self.one_set(name, entry["about"], bundle, made, 0, make)
        if wanted("BENCH_WORK", "1"):
            self.add("work", [row.row() for row in self.checks(bundle)])
        shutil.rmtree(self.folder / f"{name}-bundle")
        earlier.remove()

    def stand_ins(self, layout, upstream):
        """The folder that `bundler make` of a packaged set takes everything from."""
        plan = json.loads(process.call(
            [self.tools.bundler, "plan", "--k8s", LISTING, "--cni", "none", "--offline", "--format", "json"]))
        inputs.stand_ins(plan, [image.reference for image in layout.images()], upstream)
        (upstream / "images").symlink_to(layout.folder)

    def one_set(self, name, about, bundle, made, artifacts, make):
        """Sizes and loads of one set. made: its archives, which are there."""
        pack, layout = bundle.images(), made.layout
        entry = {"about": about, "images": len(layout.images()), "windowBytes": bundle.window(pack),
                 "compression": bundle.entry(pack)["compression"], "loads": [],
                 "sizes": {"publishedImages": layout.published_bytes(), "plainLayers": layout.plain_bytes(),
                           "imagesPack": bundle.pack(pack).stat().st_size, "archives": made.sizes(),
                           "bundle": bundle.size, "head": bundle.head_bytes, "publishedArtifacts": artifacts}}
        self.result["sets"][name] = entry
        self.streams(entry, bundle, make, ultra=name == inputs.KUBERNETES and wanted("BENCH_LEVEL22", "0"))
        with made.server:
            found = made.contenders(self.tools, bundle, self.number)
            self.loads(found, max(6_000_000_000, 4 * layout.plain_bytes()))
        entry["loads"] = [contender.row() for contender in found]
        entry["files"] = next((run["files"] for row in entry["loads"] for run in row["runs"] if "files" in run), None)
        self.add("targets", goals.of_set(name, entry))

    def streams(self, entry, bundle, make, ultra):
        """The pack's size beside what zstd itself makes of the same stream."""
        if not wanted("BENCH_STREAMS", "1"):
            return
        entry["sizes"]["imagesStream"] = bundle.stream_bytes(bundle.images())
        entry["sizes"]["sameStream"] = self.by_zstd(
            bundle, lambda stream: packs.same_stream(stream, entry["compression"], self.folder))
        if ultra:
            say("bundler make --compression-level 22")
            path = self.folder / "level22.run"
            process.call([path if word == str(bundle.path) else word for word in make] + ["--compression-level", "22"])
            smallest = bundles.Bundle(path, self.folder / "level22-bundle")
            entry["sizes"]["imagesStream22"] = smallest.stream_bytes(smallest.images())
            entry["sizes"]["ultra22"] = self.by_zstd(smallest, lambda stream: packs.highest(stream, self.folder))
            bundles.remove(path)
            shutil.rmtree(smallest.outer)

    def by_zstd(self, bundle, row_of):
        """Bytes that zstd itself makes of the stream which the pack of images ends."""
        stream = self.folder / "stream.tar"
        process.call(f"{bundle.decoder(bundle.images(), whole=True)} > {stream}")
        row = row_of(stream)
        say(row.name)
        row.run()
        self.add("work", [row.row()])
        size = row.size()
        row.output.unlink()
        stream.unlink()
        return size

    def loads(self, contenders, size):
        only = os.environ.get("BENCH_LOADS", "").split()
        for turn in range(1, self.options.runs + 1):
            for contender in contenders:
                if only and contender.key not in only:
                    contender.absent = "not asked for (BENCH_LOADS)"
                if contender.absent:
                    continue
                say(f"{turn}/{self.options.runs} {contender.name}")
                try:
                    loads.run_once(contender, self.options.folder, self.options.containerd, size)
                except process.Failed as error:
                    contender.absent = "failed"
                    self.failures.append(f"{contender.name}: {error}")

    def work(self, make, bundle):
        """Packing once (minutes each), everything else as often as loads."""
        content = packs.content_tree(bundle, self.folder / "content")
        rows = packs.packing(make, bundle, content, self.folder)
        for turn in range(int(os.environ.get("BENCH_PACK_RUNS", "1"))):
            self.turn(rows)
        bundle = bundles.Bundle(bundle.path, bundle.outer)
        makeself = next(row.output for row in rows if row.key == "makeself")
        unpacked = packs.unpacking(bundle, content, rows, self.folder) + packs.binaries(bundle, content, self.folder)
        looks = self.checks(bundle, makeself, unpacked)
        self.add("work", [row.row() for row in rows + looks + unpacked])
        shutil.rmtree(content)

    def checks(self, bundle, makeself=None, others=()):
        """The rows of the full check, measured with the others in turns."""
        looks, files = checks.rows(self.tools, bundle, makeself, self.folder)
        for turn in range(self.options.runs):
            process.warm(files)
            self.turn(looks)
            self.turn(others)
        self.add("targets", goals.of_checks(self.set, [row.row() for row in looks]))
        return looks

    def turn(self, rows):
        for row in rows:
            say(f"{row.group}: {row.name}")
            row.run()

    def node(self, bundle):
        for name, cold in (("warm", False), ("cold, 100 MB/s", True)):
            found = {"runs": [], "absent": None}
            self.result["node"][name] = found
            for turn in range(1, self.options.runs + 1):
                say(f"{turn}/{self.options.runs} installation on a node, {name}")
                try:
                    run, absent = node.once(self.options.testbed, self.tools, bundle, self.options.folder, cold)
                except process.Failed as error:
                    self.failures.append(f"installation, {name}: {error}")
                    run, absent = None, "failed"
                if absent:
                    found["absent"] = absent
                    break
                found["runs"].append(run)
            self.add("targets", goals.of_node(name, found["runs"]))

"""Fetching images over a line with delay and loss: bundler beside skopeo and containerd; what is sent twice after kills."""

import argparse
import contextlib
import functools
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import time

import bundle as bundles
import containerd
import content
import figures
import inputs
import line
import oci
import process
import registry
import sizes
import watched
from suite import LISTING

HOST, PORT, FILES_PORT = "registry.k8s.io", 5000, 8080
SANDBOX = f"{HOST}/pause:3.10"
BUFFER = 256 << 10
# A line of the registry's access log: status and bytes of the body.
ACCESS = re.compile(r'"GET (/v2/\S*) HTTP/[\d.]+" (\d{3}) (\d+)')


def arguments(words=None):
    parser = argparse.ArgumentParser(prog="bench/fetch", description=__doc__)
    parser.add_argument("--bundler", type=pathlib.Path, required=True, help="release build")
    parser.add_argument("--folder", type=pathlib.Path, required=True, help="scratch and results")
    parser.add_argument("--runs", type=int, default=3, help="runs of each row")
    parser.add_argument("--images", type=int, default=6, help="how many images")
    parser.add_argument("--layers", type=int, default=4, help="layers of each")
    parser.add_argument("--layer-size", type=sizes.parsed, default=sizes.parsed("4 MB"), help="bytes of each")
    parser.add_argument("--delay", type=int, default=50, help="milliseconds that a round trip takes longer")
    parser.add_argument("--loss", type=int, default=1, help="per cent of the packets to the client")
    parser.add_argument("--connections", type=int, default=32, help="of bundler")
    parser.add_argument("--containerd", type=pathlib.Path, help="folder of containerd and ctr; those of PATH unless told")
    parser.add_argument("--only", choices=["rows", "killed"], help="one of the two parts")
    parser.add_argument("--killed-size", type=sizes.parsed, default=sizes.parsed("2 GB"), help="bytes of what is killed")
    parser.add_argument("--kills", type=int, default=10, help="how often")
    parser.add_argument("--seed", type=int, default=int(os.environ.get("KUBEFERRY_SEED", "0")) or random.getrandbits(32))
    found = parser.parse_args(words)
    for name in ("runs", "images", "layers", "connections", "kills"):
        if getattr(found, name) < 1:
            parser.error(f"--{name}: at least 1")
    if not 0 <= found.loss < 100 or found.delay < 0:
        parser.error("--loss is 0 to 99, --delay not negative")
    found.bundler, found.folder = found.bundler.resolve(), found.folder.resolve()
    if not found.containerd and (program := shutil.which("containerd")):
        found.containerd = pathlib.Path(program).parent
    return found


def say(text):
    print(f"bench/fetch: {text}", file=sys.stderr, flush=True)


class Upstream:
    """Images in a registry's storage, and the files that `make` asks for besides: stand-ins that are not measured."""

    def __init__(self, options, name, images, layers, layer_size):
        self.options, self.images, self.layers, self.layer_size = options, images, layers, layer_size
        self.folder = options.folder / name
        self.storage, self.files = self.folder / "storage", self.folder / "files"
        self.references = [f"{HOST}/bench/image{number}:1" for number in range(images)] + [SANDBOX]
        self.bytes = 0

    def prepare(self):
        say(f"{self.images} images of {self.layers} layers of {sizes.shown(self.layer_size)}")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        layout = oci.Layout(self.folder / "layout")
        layout.create()
        rows = []
        for number, reference in enumerate(self.references):
            count, size = (1, 1000) if reference == SANDBOX else (self.layers, self.layer_size)
            layers = [content.write_noise(layout, size, number * 1000 + row) for row in range(count)]
            rows.append(oci.add_image(layout, reference, layers, {}))
        layout.write_index(rows)
        self.bytes = layout.published_bytes()
        with registry.Registry(self.storage, self.folder / "registry.log") as server:
            server.push(layout)
        shutil.rmtree(layout.folder)
        plan = json.loads(process.call(
            [self.options.bundler, "plan", "--k8s", LISTING, "--cni", "none", "--offline", "--format", "json"]))
        inputs.stand_ins(plan, self.references, self.files)
        self.publish()

    def publish(self):
        """The checksums that upstreams publish, by every name that one of them uses."""
        for path in [entry for entry in self.files.rglob("*") if entry.is_file()]:
            text = f"{oci.digest_of(path).removeprefix('sha256:')}  {path.name}\n"
            for name in (f"{path.name}.sha256", f"{path.name}.sha256sum"):
                path.with_name(name).write_text(text)
            if path.name.startswith("runc."):
                path.with_name("runc.sha256sum").write_text(text)

    def sources(self):
        """Options of `make` that lead to both, from within the client's namespace."""
        known = json.loads((pathlib.Path(__file__).parent.parent / "bundle-spec" / "sources.json").read_text())["files"]
        found = []
        for name, bases in sorted(known.items()):
            base = bases if isinstance(bases, str) else bases[0]
            place = base.split("://", 1)[1].rstrip("/")
            if (self.files / place.split("/")[0]).exists():
                found += ["--source", f"{name}=http://127.0.0.1:{FILES_PORT}/{place}"]
        return found + ["--registry-mirror", f"{HOST}=http://{line.SERVER}:{PORT}"]


class Servers:
    """The registry at one end of the line, and a server of the stand-ins at the other, where nothing delays it."""

    def __init__(self, link, upstream):
        self.link, self.upstream, self.running = link, upstream, []
        self.log = upstream.folder / "access.log"

    def __enter__(self):
        settings = self.upstream.folder / "registry.json"
        settings.write_text(json.dumps({
            "version": 0.1, "log": {"level": "error"}, "http": {"addr": f"{line.SERVER}:{PORT}"},
            "storage": {"filesystem": {"rootdirectory": str(self.upstream.storage)}}}))
        try:
            with open(self.log, "wb") as log:
                self.start([*self.link.server.inside, "docker-registry", "serve", settings], log)
                self.start([*self.link.client.inside, sys.executable, "-m", "http.server", FILES_PORT, "--bind",
                            "127.0.0.1", "--directory", self.upstream.files], subprocess.DEVNULL)
            for address, port in ((line.SERVER, PORT), ("127.0.0.1", FILES_PORT)):
                self.await_answer(address, port)
        except BaseException:
            self.__exit__()
            raise
        return self

    def start(self, words, log):
        self.running.append(subprocess.Popen(
            [str(word) for word in words], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True))

    def await_answer(self, address, port):
        for _ in range(100):
            asked = subprocess.run([*self.link.client.inside, "bash", "-c", f": </dev/tcp/{address}/{port}"],
                                   stderr=subprocess.DEVNULL, check=False)
            if asked.returncode == 0:
                return
            if any(child.poll() is not None for child in self.running):
                break
            time.sleep(0.1)
        raise ValueError(f"nothing answers at {address}:{port}; the registry's log is {self.log}")

    def __exit__(self, *_):
        for child in self.running:
            child.terminate()
            child.wait()

    def given(self):
        """Bytes of blobs and manifests that the registry has written so far, cut short or not."""
        return given(self.log.read_text(errors="replace"))


def given(text):
    return sum(int(count) for _, status, count in ACCESS.findall(text) if status in ("200", "206"))


def make(options, link, upstream, cache, output):
    return [*link.client.inside, options.bundler, "make", "--k8s", LISTING, "--cni", "none", "--unsigned",
            "--bundle-only", "--progress", "json", "--compression-level", "1", "--cache", cache, "--output", output,
            "--jobs", options.connections, "--jobs-per-host", options.connections, *upstream.sources()]


class Row:
    def __init__(self, key, name):
        self.key, self.name, self.runs = key, name, []

    def seconds(self):
        return [run["seconds"] for run in self.runs]


def ours(options, link, upstream):
    cache, output = options.folder / "cache", options.folder / "bench.run"
    shutil.rmtree(cache, ignore_errors=True)
    bundles.remove(output)
    run = watched.Watched(make(options, link, upstream, cache, output))
    shutil.rmtree(cache)
    bundles.remove(output)
    # Not what comes after it: checking layers, packing, writing.
    return run.span("pull", "fetch"), run.seconds


def by_others(options, link, upstream, parallel, command):
    """Runs a command for each image, so many at once.

    command: gives the text for a folder that is empty before and removed afterwards; {} is the image's name.
    """
    place = options.folder / "others"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    names = [reference.split("/", 1)[1] for reference in upstream.references]
    with command(place) as each:
        script = f"printf '%s\\n' {' '.join(names)} | xargs -P {parallel} -I {{}} sh -c '{each}'"
        run = process.measure([*link.client.inside, "bash", "-c", f"set -eo pipefail\n{script}"])
    shutil.rmtree(place)
    return run.seconds, run.seconds


@contextlib.contextmanager
def skopeo(place):
    """Copies into folders."""
    yield (f"skopeo copy -q --src-tls-verify=false docker://{line.SERVER}:{PORT}/{{}} "
           f"dir:{place}/$(echo {{}} | tr /: __)")


@contextlib.contextmanager
def ctr(programs, place):
    """Into containerd's content store, nothing unpacked: ctr asks the registry, and gives containerd what it answers."""
    with containerd.Containerd(programs, place) as store:
        yield f"{process.text(store.ctr())} content fetch --plain-http {line.SERVER}:{PORT}/{{}} >/dev/null"


def rows(options, link, upstream, servers):
    every = len(upstream.references)
    number = containerd.version(options.containerd)
    contenders = [
        (Row("ours", "bundler make, its fetching"), lambda: ours(options, link, upstream)),
        (Row("skopeo", "skopeo copy, one image after the other"),
         lambda: by_others(options, link, upstream, 1, skopeo)),
        (Row("skopeo-all", "skopeo copy, all images at once (xargs -P)"),
         lambda: by_others(options, link, upstream, every, skopeo)),
        (Row("containerd", f"ctr content fetch of containerd {number}, all images at once (xargs -P)"),
         lambda: by_others(options, link, upstream, every, functools.partial(ctr, options.containerd))),
    ]
    for turn in range(options.runs):
        for row, run in contenders:
            say(f"{turn + 1}/{options.runs}: {row.name}")
            before, wire = servers.given(), link.server.sent()
            seconds, whole = run()
            row.runs.append({"seconds": seconds, "wholeSeconds": whole, "givenBytes": servers.given() - before,
                             "wireBytes": link.server.sent() - wire})
    return [row for row, _ in contenders]


def goals(found):
    mine, *others = [row.seconds() for row in found]
    fastest = [min(turn) for turn in zip(*others)]
    return [
        figures.target("speed beside skopeo, one image after the other", figures.ratios(others[0], mine), 2,
                       at_least=True),
        figures.target("speed beside the fastest of the others", figures.ratios(fastest, mine), 1, at_least=True),
    ]


def killed(options, link, upstream, servers):
    """One make that is killed again and again, at points of what the server has sent, and then not."""
    source = random.Random(options.seed)
    points = sorted(source.uniform(0, upstream.bytes) for _ in range(options.kills))
    cache, output = options.folder / "cache", options.folder / "bench.run"
    shutil.rmtree(cache, ignore_errors=True)
    bundles.remove(output)
    before, wire, done = servers.given(), link.server.sent(), 0
    command = [str(word) for word in make(options, link, upstream, cache, output)]
    log = options.folder / "killed.log"
    for number, point in enumerate([*points, None]):
        say(f"{'at ' + sizes.shown(point) if point is not None else 'to the end'} ({number} killed)")
        with open(log, "wb") as errors:
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors,
                                     start_new_session=True)
            try:
                while child.poll() is None and (point is None or link.server.sent() - wire < point):
                    time.sleep(0.01)
            finally:
                if child.poll() is None:
                    os.killpg(child.pid, signal.SIGKILL)
                    done += 1
                child.wait()
        if point is None and child.returncode != 0:
            raise process.Failed(process.text(command), child.returncode, log.read_bytes())
        if child.returncode == 0:
            break
    # The registry writes its lines when it notices that nobody reads any more.
    time.sleep(2)
    found = {"seed": options.seed, "kills": done, "contentBytes": upstream.bytes,
             "givenBytes": servers.given() - before, "wireBytes": link.server.sent() - wire}
    found["limitBytes"] = limit(upstream.bytes, done, options.connections)
    shutil.rmtree(cache, ignore_errors=True)
    bundles.remove(output)
    return found


def limit(size, kills, connections):
    """What the server may send: each byte once, a twentieth for what is asked besides, and what was on its way."""
    return int(size * 1.05) + kills * connections * BUFFER


def table(found, targets, kill):
    lines = []
    if found:
        lines += ["| row | fetching, s | least | most | given by the server | on the wire |", "|---|---|---|---|---|---|"]
        for row in found:
            took = figures.summary(row.seconds())
            bytes_of = [figures.summary([run[field] for run in row.runs])["median"] for field in ("givenBytes", "wireBytes")]
            lines.append(f"| {row.name} | {took['median']:.1f} | {took['least']:.1f} | {took['most']:.1f} | "
                         f"{sizes.shown(bytes_of[0])} | {sizes.shown(bytes_of[1])} |")
        lines += ["", "| to reach | limit | found | |", "|---|---|---|---|"]
        lines += [f"| {row['name']} | ≥ {row['limit']} | {row['found']['median']:.2f} | {row['verdict']} |"
                  for row in targets]
    if kill:
        verdict = "met" if kill["givenBytes"] <= kill["limitBytes"] else "not met"
        lines += ["", f"| killed {kill['kills']} times, seed {kill['seed']} | bytes |", "|---|---|",
                  f"| content | {sizes.shown(kill['contentBytes'])} |",
                  f"| given by the server | {sizes.shown(kill['givenBytes'])} |",
                  f"| at most | {sizes.shown(kill['limitBytes'])}: {verdict} |",
                  f"| on the wire | {sizes.shown(kill['wireBytes'])} |"]
    return "\n".join(lines).strip() + "\n"


def measured(options):
    found, kill = [], None
    if options.only != "killed":
        upstream = Upstream(options, "rows", options.images, options.layers, options.layer_size)
        upstream.prepare()
        with line.Line(options.delay, options.loss) as link, Servers(link, upstream) as servers:
            found = rows(options, link, upstream, servers)
    if options.only != "rows":
        upstream = Upstream(options, "killed", 4, 5, options.killed_size // 20)
        upstream.prepare()
        with line.Line(options.delay, options.loss) as link, Servers(link, upstream) as servers:
            kill = killed(options, link, upstream, servers)
    return found, kill


def main():
    options = arguments()
    options.folder.mkdir(parents=True, exist_ok=True)
    # So that every `with` ends what it started.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    missing = [name for name in ("docker-registry", "skopeo", "unshare", "nsenter", "ip", "nft")
               if not shutil.which(name)] + ([] if options.containerd else ["containerd"])
    if missing:
        sys.exit(f"bench/fetch: missing {', '.join(missing)}; run: Scripts/deps bench && Tests/Testbed/testbed deps")
    try:
        found, kill = measured(options)
    except (process.Failed, ValueError, OSError) as error:
        sys.exit(f"bench/fetch: {error}")
    targets = goals(found) if found else []
    (options.folder / "fetch.json").write_text(json.dumps(
        {"schemaVersion": 1, "delayMilliseconds": options.delay, "lossPercent": options.loss,
         "connections": options.connections, "rows": [{"key": row.key, "name": row.name, "runs": row.runs}
                                                      for row in found],
         "killed": kill, "targets": targets}, indent=2, sort_keys=True) + "\n")
    text = table(found, targets, kill)
    (options.folder / "fetch.md").write_text(text)
    print(text, end="")


if __name__ == "__main__":
    main()

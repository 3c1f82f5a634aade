"""Images from a file into a containerd (or a store like it): ours, what others do, and the floor."""

import shutil

import filesystem
import process
from containerd import Containerd


class Contender:
    """One way to bring a set's images to a node.

    inputs: files that it reads, dropped from the page cache before each run.
    command: of the fresh file system's folder and the containerd (or None), a line for bash.
    daemon: whether a containerd runs; check: of containerd, raises unless the images are there.
    """

    def __init__(self, key, name, inputs, command, daemon=True, check=None, watch=None):
        self.key, self.name, self.inputs, self.command = key, name, inputs, command
        self.daemon, self.check, self.watch = daemon, check, watch
        self.runs = []
        self.absent = None

    def row(self):
        return {"key": self.key, "name": self.name, "runs": self.runs, "absent": self.absent}

    def seconds(self):
        return [run["seconds"] for run in self.runs]


def run_once(contender, folder, programs, size):
    """One run on a file system of its own; what it took ends with a sync."""
    with filesystem.FreshFileSystem(folder, size) as place:
        if not contender.daemon:
            contender.runs.append(timed(contender, place, None))
            return
        (place / "root").mkdir()
        with Containerd(programs, place / "root") as daemon:
            contender.runs.append(timed(contender, place, daemon))


def timed(contender, place, daemon):
    command = f"{contender.command(place, daemon)}\n{filesystem.sync(place)}"
    # What making the file system and starting containerd left to write is not the contender's.
    process.call(filesystem.sync(place))
    cached = process.forget(contender.inputs)
    before = daemon.processors() if daemon else 0
    run = process.measure(command, watch=contender.watch)
    result = {"seconds": run.seconds, "cachedInputBytes": cached, "processorSeconds": run.processors,
              "peakAnonymousBytes": run.anonymous, "diskBytes": filesystem.allocated(place)}
    if contender.key == "floor-files":
        result["files"] = filesystem.tree_files(place)
    if daemon:
        result["containerdProcessorSeconds"] = daemon.processors() - before
        result["containerdStartSeconds"] = daemon.startSeconds
        contender.check(daemon)
    return result


def ours(tools, bundle, layout, verify):
    note = "checked first, as by default" if verify == "full" else "checked while it is read"
    return Contender(
        f"us-{verify}", f"node-install images load, {note}", [bundle.path],
        lambda place, daemon: f"{tools.node_install} images load --bundle {bundle.path} --verify {verify} "
        f"--trusted-key {tools.public_key} --socket {daemon.socket} --progress none >/dev/null",
        check=lambda daemon: daemon.require(layout.images()), watch=tools.node_install.name)


def imports(name, key, path, layout, number, unzip=None):
    """`ctr images import`, of a file or of what a decompressor makes of it."""
    local = " --local" if number.startswith("2.") else ""

    def command(place, daemon):
        start = " ".join(daemon.ctr()) + f" images import{local}"
        return f"{unzip} {path} | {start} - >/dev/null" if unzip else f"{start} {path} >/dev/null"
    return Contender(key, name, [path], command, check=lambda daemon: daemon.require(layout.images()))


def pulls(server, layout):
    """containerd pulls from a docker-registry on the node, one image after the other as kubelet does."""
    def name(reference):
        return f"127.0.0.1:{server.port}/{reference.split('/', 1)[1]}"

    def command(place, daemon):
        start = " ".join(daemon.ctr()) + " images pull --plain-http"
        return "\n".join(f"{start} {name(image.reference)} >/dev/null" for image in layout.images())
    return Contender(
        "registry", "docker-registry on the node, pulled by containerd", [server.folder], command,
        check=lambda daemon: daemon.require(layout.images(), name))


def skopeo(layout):
    def command(place, daemon):
        # The driver mounts on a folder of its own and leaves that mount behind.
        store = f"containers-storage:[overlay@{place}/graph+{place}/run]"
        return f"mkdir {place}/tmp\n" + "\n".join(
            f"skopeo --insecure-policy --tmpdir {place}/tmp copy -q oci:{layout.folder}:{image.reference} "
            f"'{store}{image.reference}'" for image in layout.images())
    contender = Contender("skopeo", "skopeo copy into containers-storage", [layout.folder], command, daemon=False)
    if not shutil.which("skopeo"):
        contender.absent = "skopeo is not installed"
    return contender


def hashed(decoder, digest, unpack):
    """`zstd -d PACK | tee >(openssl dgst -sha256) | UNPACK`, with a named pipe so that openssl is waited for.

    decoder: the line that writes the tar, as from Bundle.decoder.
    """
    return (f"mkfifo {digest}.pipe\nopenssl dgst -sha256 <{digest}.pipe >{digest} & hash=$!\n"
            f"{decoder} | tee {digest}.pipe | {unpack}\nwait $hash\nrm {digest}.pipe")


def floors(bundle):
    """What stock tools need for the same bytes: the pack as it is, and each layer's files."""
    images = bundle.images()
    decoder, files_read = bundle.decoder(images), [bundle.pack(part) for part in bundle.chain(images)]

    def pipe(place, unpack):
        return f"mkdir -p {place}/floor/layers/sha256\n{hashed(decoder, place / 'digest', unpack)}"

    def plain(place, daemon):
        return pipe(place, f"tar -x -C {place}/floor")

    def files(place, daemon):
        script = place / "unpack"
        script.write_text(
            'case $TAR_FILENAME in\n'
            f'layers/*) mkdir "{place}/floor/$TAR_FILENAME" && exec tar -x -C "{place}/floor/$TAR_FILENAME" ;;\n'
            f'*) exec cat >"{place}/floor/${{TAR_FILENAME##*/}}" ;;\nesac\n')
        return pipe(place, f"tar -x --to-command='sh {script}'")
    return [
        Contender("floor", "floor: zstd | openssl dgst, tar -x of the pack", files_read, plain, daemon=False),
        Contender("floor-files", "floor, and each layer's files by tar -x", files_read, files, daemon=False),
    ]

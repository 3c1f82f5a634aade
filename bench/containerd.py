"""A containerd of our own: root, state, socket and configuration apart from any other."""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

import process

NAMESPACE = "k8s.io"


class Containerd:
    """Runs for as long as the `with` lasts.

    programs: the folder of `containerd` and `ctr`; root: an empty folder for everything that stays.
    """

    def __init__(self, programs, root):
        self.programs = pathlib.Path(programs)
        self.root = root
        # A socket's path has 107 bytes at most.
        self.state = pathlib.Path(tempfile.mkdtemp(prefix="kubeferry-bench-"))
        self.socket = self.state / "c.sock"
        self.log = self.state / "log"
        self.startSeconds = None

    def __enter__(self):
        settings = self.state / "config.toml"
        settings.write_text(configuration(version(self.programs), self.root, self.state, self.socket))
        begin = time.monotonic()
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [self.programs / "containerd", "--config", settings], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        while subprocess.run([*self.ctr(), "version"], capture_output=True).returncode != 0:
            if self.process.poll() is not None or time.monotonic() - begin > 60:
                self.__exit__(keep=True)
                raise process.Failed("containerd", self.process.returncode, self.log.read_bytes())
            time.sleep(0.05)
        self.startSeconds = time.monotonic() - begin
        return self

    def __exit__(self, *_, keep=False):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if not keep:
            shutil.rmtree(self.state)

    def ctr(self):
        return [str(self.programs / "ctr"), "--address", str(self.socket), "--namespace", NAMESPACE]

    def processors(self):
        """Seconds that it has used of processors so far, with programs that it started and that ended."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(int(word) for word in fields[11:15]) / os.sysconf("SC_CLK_TCK")

    def require(self, images, name=lambda reference: reference):
        """Raises unless every image has its record and every layer its snapshot.

        name: how the records are named, by the image's own reference.
        """
        names = process.call([*self.ctr(), "images", "list", "--quiet"]).decode().split()
        rows = process.call([*self.ctr(), "snapshots", "list"]).decode().splitlines()[1:]
        committed = {row.split()[0] for row in rows if row.split()[-1] == "Committed"}
        for image in images:
            if name(image.reference) not in names:
                raise process.Failed(f"look for {image.reference}", 1, "\n".join(names).encode())
            absent = [chain for chain in image.chains() if chain not in committed]
            if absent:
                raise process.Failed(f"look for {image.reference}'s layers", 1, "\n".join(absent).encode())


def version(programs):
    """`1.6.20`, from whatever a distribution makes of it."""
    words = process.call([pathlib.Path(programs) / "containerd", "--version"]).decode().split()
    return words[2].lstrip("v").split("~")[0].split("+")[0]


def configuration(number, root, state, socket):
    """As the product writes it: layers are not kept beside their snapshots, by CRI's settings."""
    common = f'root = "{root}"\nstate = "{state}/state"\n[grpc]\naddress = "{socket}"\n' \
        f'[plugins."io.containerd.internal.v1.opt"]\npath = "{state}/opt"\n' \
        '[plugins."io.containerd.nri.v1.nri"]\ndisable = true\n' \
        '[plugins."io.containerd.grpc.v1.cri"]\ndisable_tcp_service = true\n'
    table = 'plugins."io.containerd.cri.v1.images"' if number.startswith("2.") \
        else 'plugins."io.containerd.grpc.v1.cri".containerd'
    images = f'[{table}]\nsnapshotter = "overlayfs"\ndiscard_unpacked_layers = true\n'
    return f"version = {3 if number.startswith('2.') else 2}\n{common}{images}"

"""Images from a registry into a layout, and from a layout into a registry's storage."""

import json
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

import oci

ACCEPTED = ", ".join([*oci.INDEXES, oci.OCI_MANIFEST, "application/vnd.docker.distribution.manifest.v2+json"])


def pull(address, references, layout):
    """Copies images byte for byte, of an index amd64 alone."""
    layout.create()
    entries = []
    for reference in references:
        repository, tag = repository_of(reference)
        base = f"{address}/v2/{repository}"
        body, media = manifest(base, tag)
        name = layout.add(body)
        entries.append(oci.entry(reference, media, name, len(body)))
        document = json.loads(body)
        if media in oci.INDEXES:
            row = next(row for row in document["manifests"] if row["platform"]["architecture"] == "amd64")
            body, _ = manifest(base, row["digest"])
            layout.add(body)
            document = json.loads(body)
        for row in [document["config"], *document["layers"]]:
            if not layout.blob(row["digest"]).exists():
                with urllib.request.urlopen(f"{base}/blobs/{row['digest']}") as answer:
                    if layout.add(answer.read()) != row["digest"]:
                        raise ValueError(f"{reference}: the registry's blob is not {row['digest']}")
    layout.write_index(entries)
    layout.unzip_layers()


def repository_of(reference):
    """`k8s.gcr.io/pause:3.2` to `pause` and `3.2`: the registry stands for every host."""
    name, tag = reference.rsplit(":", 1)
    return name.split("/", 1)[1], tag


def manifest(base, tag):
    request = urllib.request.Request(f"{base}/manifests/{tag}", headers={"Accept": ACCEPTED})
    with urllib.request.urlopen(request) as answer:
        return answer.read(), answer.headers["Content-Type"]


class Registry:
    """docker-registry over a folder, on a free port of loopback, for as long as the `with` lasts."""

    def __init__(self, folder, log):
        self.folder, self.log = folder, log
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = self.folder.with_suffix(".yml")
        settings.write_text(json.dumps({
            "version": 0.1, "log": {"level": "error"}, "http": {"addr": f"127.0.0.1:{self.port}"},
            "storage": {"filesystem": {"rootdirectory": str(self.folder)}}}))
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(["docker-registry", "serve", settings], stdout=log, stderr=log)
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{self.address}/v2/").close()
                return self
            except (urllib.error.URLError, ConnectionError):
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
        self.__exit__()
        raise ValueError(f"docker-registry does not answer; its log is {self.log}")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def push(self, layout):
        for image in layout.images():
            repository, tag = repository_of(image.reference)
            for row in [image.manifest["config"], *image.manifest["layers"]]:
                self.blob(repository, row["digest"], layout.blob(row["digest"]))
            # An index that names platforms whose blobs are elsewhere would be refused: the manifest alone.
            body = layout.blob(image.manifestName).read_bytes()
            media = image.manifest.get("mediaType", oci.OCI_MANIFEST)
            self.send("PUT", f"/v2/{repository}/manifests/{tag}", body, media)

    def blob(self, repository, name, path):
        upload = self.send("POST", f"/v2/{repository}/blobs/uploads/", b"").headers["Location"]
        joint = "&" if "?" in upload else "?"
        with open(path, "rb") as file:
            self.send("PUT", f"{upload}{joint}digest={urllib.parse.quote(name)}", file,
                      length=path.stat().st_size)

    def send(self, method, url, data, media="application/octet-stream", length=None):
        request = urllib.request.Request(
            urllib.parse.urljoin(self.address + "/", url), data=data, method=method,
            headers={"Content-Type": media} | ({"Content-Length": str(length)} if length else {}))
        with urllib.request.urlopen(request) as answer:
            answer.read()
            return answer

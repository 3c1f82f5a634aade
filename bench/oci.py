"""OCI layouts, and the archives of them that people carry about."""

import hashlib
import io
import json
import os
import pathlib
import shutil
import subprocess
import tarfile

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar"
INDEXES = (OCI_INDEX, "application/vnd.docker.distribution.manifest.list.v2+json")


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def digest_of(path):
    with open(path, "rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


def encoded(value):
    return json.dumps(value, sort_keys=True).encode()


class Layout:
    """A folder with an OCI layout: published blobs below `blobs`, and beside it `plain`, the layers as plain tars."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.blobs = self.folder / "blobs" / "sha256"
        # Not inside of the layout: nobody who copies it should meet these.
        self.plain = self.folder.with_name(self.folder.name + "-plain")

    def create(self):
        for folder in (self.folder, self.plain):
            shutil.rmtree(folder, ignore_errors=True)
        self.blobs.mkdir(parents=True)
        self.plain.mkdir(parents=True)
        (self.folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
        self.write_index([])

    def blob(self, name):
        return self.blobs / name.removeprefix("sha256:")

    def plain_layer(self, name):
        return self.plain / name.removeprefix("sha256:")

    def add(self, data):
        """Keeps bytes as a blob; their digest."""
        name = digest(data)
        self.blob(name).write_bytes(data)
        return name

    def write_index(self, descriptors):
        (self.folder / "index.json").write_bytes(
            encoded({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": descriptors}))

    def images(self):
        """What the index names, for amd64."""
        index = json.loads((self.folder / "index.json").read_bytes())
        return [Image(self, entry) for entry in index["manifests"]]

    def published_bytes(self):
        """Bytes that somebody downloads: every manifest, config and layer for amd64 once."""
        names = {name for image in self.images() for name in image.contents()}
        return sum(self.blob(name).stat().st_size for name in names)

    def plain_bytes(self):
        return sum(path.stat().st_size for path in self.plain.iterdir())

    def unzip_layers(self):
        """Makes the plain tars that are missing, and holds them against their configs."""
        for image in self.images():
            for layer, name in zip(image.manifest["layers"], image.config["rootfs"]["diff_ids"]):
                target = self.plain_layer(name)
                if not target.exists():
                    with open(target, "wb") as file:
                        subprocess.run(["gzip", "-dc", self.blob(layer["digest"])], stdout=file, check=True)
                if digest_of(target) != name:
                    raise ValueError(f"{image.reference}: {target} is not {name}")


class Image:
    """One image of a layout."""

    def __init__(self, layout, entry):
        self.layout = layout
        self.entry = entry
        self.reference = entry["annotations"]["io.containerd.image.name"]
        document = json.loads(layout.blob(entry["digest"]).read_bytes())
        self.target = entry["digest"]
        self.manifestName = self.target
        if entry["mediaType"] in INDEXES:
            self.manifestName = next(
                row["digest"] for row in document["manifests"] if row["platform"]["architecture"] == "amd64")
            document = json.loads(layout.blob(self.manifestName).read_bytes())
        self.manifest = document
        self.configName = document["config"]["digest"]
        self.config = json.loads(layout.blob(self.configName).read_bytes())

    def contents(self):
        return [self.target, self.manifestName, self.configName, *(row["digest"] for row in self.manifest["layers"])]

    def chains(self):
        """Names of the snapshots, from the bottom up."""
        found = []
        for name in self.config["rootfs"]["diff_ids"]:
            found.append(name if not found else digest(f"{found[-1]} {name}".encode()))
        return found


def add_image(layout, reference, layers, config):
    """Writes an image of plain layers that are there already; its entry for the index.

    layers: pairs of a plain layer's digest and a published blob's.
    """
    body = encoded({
        "architecture": "amd64", "os": "linux", "created": "1970-01-01T00:00:00Z", "config": config,
        "rootfs": {"type": "layers", "diff_ids": [plain for plain, _ in layers]},
        "history": [{"created": "1970-01-01T00:00:00Z", "created_by": "bench"} for _ in layers],
    })
    manifest = encoded({
        "schemaVersion": 2, "mediaType": OCI_MANIFEST,
        "config": {"mediaType": OCI_CONFIG, "digest": layout.add(body), "size": len(body)},
        "layers": [{"mediaType": f"{OCI_LAYER}+gzip", "digest": name, "size": layout.blob(name).stat().st_size}
                   for _, name in layers],
    })
    return entry(reference, OCI_MANIFEST, layout.add(manifest), len(manifest))


def entry(reference, media, name, size):
    return {"mediaType": media, "digest": name, "size": size,
            "annotations": {"io.containerd.image.name": reference, "org.opencontainers.image.ref.name": reference}}


def add_bytes(archive, name, data):
    member = tarfile.TarInfo(name)
    member.size = len(data)
    archive.addfile(member, io.BytesIO(data))


def add_file(archive, name, path):
    member = tarfile.TarInfo(name)
    member.size = path.stat().st_size
    with open(path, "rb") as file:
        archive.addfile(member, file)


def docker_archive(layout, compressor, output):
    """What `docker save | gzip` (or zstd) gives: plain layers, all compressed as one stream."""
    with open(output, "wb") as file:
        process = subprocess.Popen(compressor, stdin=subprocess.PIPE, stdout=file)
        with tarfile.open(fileobj=process.stdin, mode="w|", format=tarfile.GNU_FORMAT) as archive:
            rows, seen = [], set()
            for image in layout.images():
                config = image.configName.removeprefix("sha256:") + ".json"
                layers = [f"{name.removeprefix('sha256:')}/layer.tar" for name in image.config["rootfs"]["diff_ids"]]
                rows.append({"Config": config, "RepoTags": [image.reference], "Layers": layers})
                if config not in seen:
                    add_bytes(archive, config, layout.blob(image.configName).read_bytes())
                for name in dict.fromkeys(layers):
                    if name not in seen:
                        add_file(archive, name, layout.plain / name.split("/")[0])
                seen |= {config, *layers}
            add_bytes(archive, "manifest.json", encoded(rows))
        process.stdin.close()
        if process.wait() != 0:
            raise ValueError(f"{compressor[0]} ended with {process.returncode}")


def archive_of(layout, output):
    """An OCI layout as one tar, as `ctr images import` wants it. Blobs once, in the order of their names."""
    with tarfile.open(output, "w", format=tarfile.GNU_FORMAT) as archive:
        for name in ("oci-layout", "index.json"):
            add_file(archive, name, layout.folder / name)
        for path in sorted(layout.blobs.iterdir()):
            add_file(archive, f"blobs/sha256/{path.name}", path)


def with_zstd(layout, folder):
    """The same images with zstd layers, at zstd's default level, as registries have them."""
    def compressed(other, plain, _):
        scratch = other.folder / "layer"
        with open(scratch, "wb") as file:
            subprocess.run(["zstd", "-q", "-3", "-T0", "-c", layout.plain_layer(plain)], stdout=file, check=True)
        name = digest_of(scratch)
        scratch.rename(other.blob(name))
        return name
    return rewritten(layout, folder, f"{OCI_LAYER}+zstd", compressed)


def with_oci_manifests(layout, folder):
    """The same blobs below OCI's manifests: skopeo reads no others from an OCI layout."""
    def linked(other, _, published):
        if not other.blob(published).exists():
            # A second name where that is possible: inputs may lie on another file system.
            try:
                os.link(layout.blob(published), other.blob(published))
            except OSError:
                shutil.copyfile(layout.blob(published), other.blob(published))
        return published
    return rewritten(layout, folder, f"{OCI_LAYER}+gzip", linked)


def rewritten(layout, folder, media, layer):
    """The same images with manifests of their own, for amd64 alone.

    layer: puts one into the new layout, of its diffID and the published blob's digest; its digest there.
    """
    other = Layout(folder)
    other.create()
    rows, made = [], {}
    for image in layout.images():
        for plain, published in zip(image.config["rootfs"]["diff_ids"], image.manifest["layers"]):
            if plain not in made:
                made[plain] = layer(other, plain, published["digest"])
        names = [made[plain] for plain in image.config["rootfs"]["diff_ids"]]
        body = layout.blob(image.configName).read_bytes()
        manifest = encoded({
            "schemaVersion": 2, "mediaType": OCI_MANIFEST,
            "config": {"mediaType": OCI_CONFIG, "digest": other.add(body), "size": len(body)},
            "layers": [{"mediaType": media, "digest": name, "size": other.blob(name).stat().st_size} for name in names]})
        rows.append(entry(image.reference, OCI_MANIFEST, other.add(manifest), len(manifest)))
    other.write_index(rows)
    return other

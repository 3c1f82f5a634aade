"""Registries whose images are made of their names: the same reference always gives the same bytes."""
import hashlib
import json

from tars import tar, zipped

ARCHITECTURES = ["amd64", "arm64"]
OCI = {
    "index": "application/vnd.oci.image.index.v1+json",
    "manifest": "application/vnd.oci.image.manifest.v1+json",
    "config": "application/vnd.oci.image.config.v1+json",
    "layer": "application/vnd.oci.image.layer.v1.tar+gzip",
}
DOCKER = {
    "index": "application/vnd.docker.distribution.manifest.list.v2+json",
    "manifest": "application/vnd.docker.distribution.manifest.v2+json",
    "config": "application/vnd.docker.container.image.v1+json",
    "layer": "application/vnd.docker.image.rootfs.diff.tar.gzip",
}


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def parts(reference):
    """Host, repository and tag of a reference that has all three; a digest behind them is left away."""
    name = reference.partition("@")[0]
    path, _, tag = name.rpartition(":")
    if not path or "/" in tag:
        raise SystemExit(f"error: the stand-in has no image without a tag: {reference}")
    host, _, repository = path.partition("/")
    return host, repository, tag


class Registries:
    """All hosts that images are named by."""

    def __init__(self):
        self.hosts = set()
        self.blobs = {}
        # (host, repository, tag or digest) → (media type, bytes)
        self.manifests = {}

    def add(self, reference):
        """Makes the image of a reference, and returns the reference with its digest behind the tag."""
        host, repository, tag = parts(reference)
        name = f"{host}/{repository}:{tag}"
        self.hosts.add(host)
        known = self.manifests.get((host, repository, tag))
        if known is None:
            seed = hashlib.sha256(name.encode()).digest()
            types = (OCI, DOCKER)[seed[0] % 2]
            entries = []
            for architecture in ARCHITECTURES:
                manifest = self.manifest(name, architecture, types, seed)
                self.manifests[host, repository, digest(manifest)] = (types["manifest"], manifest)
                entries.append(
                    self.descriptor(types["manifest"], manifest)
                    | {"platform": {"architecture": architecture, "os": "linux"}}
                )
            index = {"schemaVersion": 2, "mediaType": types["index"], "manifests": entries}
            known = (types["index"], self.text(index))
            self.manifests[host, repository, tag] = known
            self.manifests[host, repository, digest(known[1])] = known
        return f"{name}@{digest(known[1])}"

    def manifest(self, name, architecture, types, seed):
        about = f"a stand-in for {name} on {architecture}\n".encode()
        # 1 to 64 KiB that no compression makes smaller.
        noise = hashlib.shake_256(seed + architecture.encode()).digest((1 + seed[1] % 64) << 10)
        layers = [tar({"stand-in/about": about, "stand-in/noise": noise})]
        if seed[2] % 2:
            # The same in every image that has it.
            layers.insert(0, tar({"bin/stand-in": f"#!/bin/sh\n# {architecture}\nexit 1\n".encode()}))
        config = {
            "architecture": architecture,
            "os": "linux",
            "config": {"Entrypoint": ["/bin/stand-in"]},
            "rootfs": {"type": "layers", "diff_ids": [digest(layer) for layer in layers]},
        }
        document = {
            "schemaVersion": 2,
            "mediaType": types["manifest"],
            "config": self.kept(types["config"], self.text(config)),
            "layers": [self.kept(types["layer"], zipped(layer)) for layer in layers],
        }
        return self.text(document)

    def kept(self, media_type, data):
        self.blobs[digest(data)] = data
        return self.descriptor(media_type, data)

    @staticmethod
    def descriptor(media_type, data):
        return {"mediaType": media_type, "digest": digest(data), "size": len(data)}

    @staticmethod
    def text(document):
        return json.dumps(document, sort_keys=True).encode()

    def answer(self, path):
        """Media type, bytes and digest for HOST/v2/REPOSITORY/manifests|blobs/NAME; None for what is not there."""
        host, _, rest = path.partition("/v2/")
        place, _, name = rest.rpartition("/")
        repository, _, kind = place.rpartition("/")
        if kind == "manifests" and (found := self.manifests.get((host, repository, name))):
            return found[0], found[1], digest(found[1])
        if kind == "blobs" and name in self.blobs:
            return "application/octet-stream", self.blobs[name], name
        return None

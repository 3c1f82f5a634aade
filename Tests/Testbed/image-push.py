#!/usr/bin/env python3
"""image-push.py REGISTRY-URL REPOSITORY:TAG ROOTDIR[,ROOTDIR]... CONFIG-JSON [--list]

Makes an image with one layer for each folder (Docker schema 2, gzip layers, fixed times, so the same tree gives the same
bytes) and pushes it. With --list the tag is a manifest list, as on the real registry, whose other platform is a decoy.
"""
import gzip
import hashlib
import io
import json
import os
import sys
import tarfile
import urllib.parse
import urllib.request

MEDIA = "application/vnd.docker.distribution.manifest.v2+json"
MEDIA_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
MEDIA_CONFIG = "application/vnd.docker.container.image.v1+json"
MEDIA_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def plain(member):
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mtime = 0
    return member


def layer_of(root):
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for folder, folders, files in os.walk(root):
            folders.sort()
            for name in sorted(folders + files):
                path = os.path.join(folder, name)
                archive.add(path, os.path.relpath(path, root), recursive=False, filter=plain)
    return raw.getvalue()


class Registry:
    def __init__(self, base, repository):
        self.base, self.repository = base.rstrip("/"), repository

    def send(self, method, url, data=None, media="application/octet-stream"):
        request = urllib.request.Request(urllib.parse.urljoin(self.base + "/", url), data=data, method=method)
        request.add_header("Content-Type", media)
        return urllib.request.urlopen(request)

    def blob(self, data):
        upload = self.send("POST", f"/v2/{self.repository}/blobs/uploads/", b"").headers["Location"]
        joint = "&" if "?" in upload else "?"
        self.send("PUT", f"{upload}{joint}digest={urllib.parse.quote(digest(data))}", data)

    def manifest(self, reference, data, media):
        self.send("PUT", f"/v2/{self.repository}/manifests/{reference}", data, media)


def push(registry, reference, raws, architecture, config):
    layers = [gzip.compress(raw, 6, mtime=0) for raw in raws]
    body = json.dumps({
        "architecture": architecture, "os": "linux", "created": "1970-01-01T00:00:00Z", "config": config,
        "rootfs": {"type": "layers", "diff_ids": [digest(raw) for raw in raws]},
        "history": [{"created": "1970-01-01T00:00:00Z", "created_by": "image-push.py"} for _ in raws],
    }, sort_keys=True).encode()
    manifest = json.dumps({
        "schemaVersion": 2, "mediaType": MEDIA,
        "config": {"mediaType": MEDIA_CONFIG, "size": len(body), "digest": digest(body)},
        "layers": [{"mediaType": MEDIA_LAYER, "size": len(layer), "digest": digest(layer)} for layer in layers],
    }, sort_keys=True).encode()
    for blob in layers + [body]:
        registry.blob(blob)
    registry.manifest(reference or digest(manifest), manifest, MEDIA)
    return {"mediaType": MEDIA, "size": len(manifest), "digest": digest(manifest),
            "platform": {"architecture": architecture, "os": "linux"}}, sum(map(len, layers))


def main():
    base, image, root, config = sys.argv[1:5]
    repository, tag = image.rsplit(":", 1)
    registry, as_list = Registry(base, repository), "--list" in sys.argv[5:]
    config = json.loads(config)
    config.setdefault("Env", ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"])
    raws = [layer_of(folder) for folder in root.split(",")]
    entry, size = push(registry, None if as_list else tag, raws, "amd64", config)
    if as_list:
        decoy = io.BytesIO()
        with tarfile.open(fileobj=decoy, mode="w", format=tarfile.GNU_FORMAT) as archive:
            text = b"not for this platform\n"
            member = tarfile.TarInfo("decoy")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))
        other, _ = push(registry, None, [decoy.getvalue()], "arm64", {"Labels": {"kubeferry.decoy": "true"}})
        body = json.dumps({"schemaVersion": 2, "mediaType": MEDIA_LIST, "manifests": [other, entry]}).encode()
        registry.manifest(tag, body, MEDIA_LIST)
    print(f"{image} {size} bytes")


main()

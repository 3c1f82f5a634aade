"""Image layers made of Debian packages: the same packages give the same bytes on every machine."""

import hashlib
import pathlib
import subprocess
import tarfile

import oci
import process

# Debian 12's /usr is merged, its packages are not.
MERGED = ("bin", "lib", "lib64", "sbin")


def fetch(packages, folder):
    """Brings the packages of a lock into a folder: name_version.deb, each held against its digest."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [row for row in packages if not deb(folder, row).exists()]
    if missing:
        script = pathlib.Path(__file__).with_name("fetch-packages")
        process.call([script, folder, *(f"{row['name']}={row['version']}" for row in missing)])
    for row in packages:
        path = deb(folder, row)
        if not path.exists():
            raise ValueError(f"the archive gave no {path.name}; `bench/bench.py lock` renews bench/inputs.lock")
        found = oci.digest_of(path)
        if found != row["sha256"]:
            raise ValueError(f"{path} is {found}, expected {row['sha256']}")


def deb(folder, row):
    return folder / f"{row['name']}_{row['version'].replace(':', '%3a')}.deb"


class Hashed:
    """A file that counts what is written to it."""

    def __init__(self, path):
        self.file = open(path, "wb")
        self.hasher = hashlib.sha256()

    def write(self, data):
        self.hasher.update(data)
        return self.file.write(data)

    def close(self):
        self.file.close()
        return "sha256:" + self.hasher.hexdigest()


def layer(debs, output, base):
    """Writes one plain layer of packages' files, in their order, each path once; its digest.

    base: whether it begins with the links of a merged /usr.
    """
    file = Hashed(output)
    with tarfile.open(fileobj=file, mode="w|", format=tarfile.GNU_FORMAT) as archive:
        seen = set(MERGED)
        for name in MERGED if base else ():
            archive.addfile(link(name, f"usr/{name}"))
        for path in debs:
            with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", path], stdout=subprocess.PIPE) as source:
                with tarfile.open(fileobj=source.stdout, mode="r|") as members:
                    for member in members:
                        put(archive, members, member, seen)
                source.stdout.read()
            if source.returncode != 0:
                raise ValueError(f"dpkg-deb cannot read {path}")
    return file.close()


def link(name, target):
    member = tarfile.TarInfo(name)
    member.type, member.linkname, member.mode = tarfile.SYMTYPE, target, 0o777
    return member


def put(archive, members, member, seen):
    member.name = merged(member.name)
    if not member.name or member.name in seen:
        return
    seen.add(member.name)
    if member.islnk():
        member.linkname = merged(member.linkname)
    member.uname = member.gname = ""
    member.pax_headers = {}
    archive.addfile(member, members.extractfile(member) if member.isreg() else None)


def merged(name):
    """`./lib/x` to `usr/lib/x`; the root and the merged folders themselves to nothing."""
    name = name.removeprefix("./").removeprefix("/").rstrip("/")
    if name in ("", ".") or name in MERGED:
        return ""
    return f"usr/{name}" if name.split("/", 1)[0] in MERGED else name


def build(entry, folder, packages):
    """Makes a set's layout. Raises where a layer is not what the lock says.

    entry: the set in the lock; packages: the folder of the fetched packages.
    """
    layout = oci.Layout(folder)
    layout.create()
    made, rows = {}, []
    for image in entry["images"]:
        layers = []
        for row in image["layers"]:
            key = tuple((package["name"], package["version"]) for package in row["packages"])
            if key not in made:
                pack_layer(layout, row, packages, base=not layers)
                made[key] = {name: row[name] for name in ("diffID", "gzip", "size")}
            row |= made[key]
            layers.append((row["diffID"], row["gzip"]))
        rows.append(oci.add_image(layout, image["reference"], layers, {"Cmd": ["/bin/sh"]}))
    layout.write_index(rows)
    return layout


def pack_layer(layout, row, packages, base):
    """One layer, plain and as `gzip -6 -n` publishes it; its row gets both digests and the plain size."""
    scratch = layout.plain / "layer"
    plain = layer([deb(packages, package) for package in row["packages"]], scratch, base)
    if row.get("diffID") not in (None, plain):
        raise ValueError(f"a layer of {row['packages'][0]['name']} is {plain}, expected {row['diffID']}")
    row["diffID"], row["size"] = plain, scratch.stat().st_size
    scratch.rename(layout.plain_layer(plain))
    zipped = layout.blobs / "layer"
    with open(zipped, "wb") as file:
        subprocess.run(["gzip", "-6", "-n", "-c", layout.plain_layer(plain)], stdout=file, check=True)
    row["gzip"] = oci.digest_of(zipped)
    zipped.rename(layout.blob(row["gzip"]))

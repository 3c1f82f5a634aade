"""What is measured: sets of images, fixed by bench/inputs.lock, or compared with it where they are built anew."""

import json
import pathlib
import shutil

import debian
import oci
import process
import registry

HERE = pathlib.Path(__file__).parent
LOCK = HERE / "inputs.lock"
KUBERNETES = "kubernetes"


def read_lock():
    """The lock, with each package's row in place of its name."""
    lock = json.loads(LOCK.read_text())
    for layer in layers_of(lock):
        layer["packages"] = [lock["packages"][name] | {"name": name} for name in layer["packages"]]
    return lock


def write_lock(lock):
    """Writes the lock, with each package's row once and its name elsewhere."""
    lock = json.loads(json.dumps(lock))
    lock["packages"] = {}
    for layer in layers_of(lock):
        for row in layer["packages"]:
            lock["packages"][row["name"]] = {key: value for key, value in row.items() if key != "name"}
        layer["packages"] = [row["name"] for row in layer["packages"]]
    LOCK.write_text(json.dumps(lock, indent=1, sort_keys=True) + "\n")


def layers_of(lock):
    """Layers that are made of packages."""
    return [layer for entry in lock["sets"].values() for image in entry["images"] for layer in image["layers"]
            if "packages" in layer]


def renew(folder):
    """Fixes what the archive has now of everything in sets.json, and what this machine's build of Kubernetes is."""
    sets = json.loads((HERE / "sets.json").read_text())
    names = sorted({name for entry in sets.values() for image in entry["images"] for row in image["layers"] for name in row})
    lines = process.call([HERE / "fetch-packages", "--newest", *names]).decode().splitlines()
    rows = {name: {"name": name, "version": version} for name, version in (line.split() for line in lines)}
    missing = [name for name in names if name not in rows]
    if missing:
        raise ValueError(f"the archive has no {', '.join(missing)}")
    packages = folder / "packages"
    packages.mkdir(parents=True, exist_ok=True)
    wanted = [row for row in rows.values() if not debian.deb(packages, row).exists()]
    if wanted:
        process.call([HERE / "fetch-packages", packages, *(f"{row['name']}={row['version']}" for row in wanted)])
    for row in rows.values():
        path = debian.deb(packages, row)
        row |= {"sha256": oci.digest_of(path), "size": path.stat().st_size}
    lock = {"schemaVersion": 1, "suite": "bookworm", "sets": {}}
    for name, entry in sets.items():
        for image in entry["images"]:
            image["layers"] = [{"packages": [rows[package] for package in row]} for row in image["layers"]]
        debian.build(entry, folder / name, packages)
        lock["sets"][name] = entry
        (folder / f"{name}.done").write_text(json.dumps(entry, sort_keys=True))
    if LOCK.exists() and KUBERNETES in read_lock()["sets"]:
        lock["sets"][KUBERNETES] = read_lock()["sets"][KUBERNETES]
    write_lock(lock)


def packaged(name, folder):
    """A set made of Debian packages; built once, and kept until the lock changes. Layout and notices."""
    entry = read_lock()["sets"][name]
    expected = json.dumps(entry, sort_keys=True)
    stamp, layout = folder / f"{name}.done", oci.Layout(folder / name)
    if not stamp.exists() or stamp.read_text() != expected:
        stamp.unlink(missing_ok=True)
        rows = [row for image in entry["images"] for layer in image["layers"] for row in layer["packages"]]
        debian.fetch(list({row["name"]: row for row in rows}.values()), folder / "packages")
        before = [layer["gzip"] for image in entry["images"] for layer in image["layers"]]
        layout = debian.build(entry, folder / name, folder / "packages")
        after = [layer["gzip"] for image in entry["images"] for layer in image["layers"]]
        if before != after:
            return layout, [f"{name}: this gzip gives other bytes than the lock's; sizes are compared with these"]
        stamp.write_text(expected)
    return layout, []


def built(address, references, artifacts, folder):
    """The Kubernetes set, from the test bed's registry. Layout and notices about what differs from the lock.

    artifacts: digests by name, of what the bundle's lock names.
    """
    layout = oci.Layout(folder / KUBERNETES)
    registry.pull(address, references, layout)
    found = describe(layout, artifacts)
    expected = read_lock()["sets"].get(KUBERNETES)
    return layout, found, differences(expected, found)


def describe(layout, artifacts):
    images = [{"reference": image.reference, "digest": image.target,
               "layers": [{"diffID": name, "size": layout.plain_layer(name).stat().st_size}
                          for name in image.config["rootfs"]["diff_ids"]]}
              for image in layout.images()]
    return {"about": "Kubernetes v1.20.2 as the test bed builds it, with its local upstream",
            "images": images, "artifacts": artifacts}


def differences(expected, found):
    """One line for everything that a build on this machine has otherwise than the lock."""
    if expected is None:
        return ["kubernetes: the lock has no such set; nothing was compared"]
    lines = []
    before = {row["reference"]: row["digest"] for row in expected["images"]}
    after = {row["reference"]: row["digest"] for row in found["images"]}
    for kind, old, new in (("image", before, after), ("file", expected["artifacts"], found["artifacts"])):
        for name in sorted(old.keys() | new.keys()):
            if old.get(name) != new.get(name):
                lines.append(f"kubernetes: {kind} {name} is {new.get(name)}, in the lock {old.get(name)}")
    return lines


def stand_ins(plan, references, folder):
    """A folder of artifacts for a bundle whose images alone are measured: programs that are none.

    plan: what `bundler plan --format json` says.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for artifact in plan["artifacts"]:
        path = folder / artifact["source"].split("://", 1)[1]
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.name.endswith((".tar.gz", ".tgz")):
            tree = folder / "tree"
            for name in ("bin/containerd", "bin/containerd-shim-runc-v2", "bin/ctr", "crictl", "bridge", "host-local",
                         "loopback", "portmap"):
                (tree / name).parent.mkdir(parents=True, exist_ok=True)
                (tree / name).write_text("#!/bin/sh\n")
                (tree / name).chmod(0o755)
            process.call(["tar", "-czf", path, "-C", tree, *sorted(entry.name for entry in tree.iterdir())])
            shutil.rmtree(tree)
        else:
            lines = "\n".join(references)
            path.write_text(f"#!/bin/sh\ncat <<'END'\n{lines}\nEND\n")
            path.chmod(0o755)

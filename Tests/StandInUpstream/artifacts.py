"""Release files, manifests and charts of a plan, as bytes by their addresses."""
import pathlib

from tars import tar, zipped

# What the archives of the core consist of, as far as bundles take it; those of add-ons are data in bundle-spec.
MEMBERS = {
    "containerd": ["bin/containerd", "bin/containerd-shim-runc-v2", "bin/ctr"],
    "crictl": ["crictl"],
    "cni-plugins": ["bandwidth", "bridge", "firewall", "host-local", "loopback", "portmap", "tuning", "LICENSE"],
}
HERE = pathlib.Path(__file__).parent


class Artifacts:
    """The artifacts of one plan. Images that manifests and charts name are added to the registries."""

    def __init__(self, plan, add_ons, registries, moved):
        self.plan, self.registries, self.moved = plan, registries, moved
        self.definitions = {row["name"]: row for add_on in add_ons for row in add_on["artifacts"]}
        self.owners = {row["name"]: add_on["name"] for add_on in add_ons for row in add_on["artifacts"]}

    def files(self):
        """Bytes by address."""
        found = {artifact["source"]: self.content(artifact) for artifact in self.plan["artifacts"]}
        for artifact in self.plan["artifacts"]:
            if artifact["name"] == self.moved:
                found[artifact["source"]] += b"# not what it was\n"
        return found

    def content(self, artifact):
        name, file = artifact["name"], artifact["source"].rpartition("/")[2]
        if file.endswith((".yaml", ".yml")):
            return self.manifest(artifact)
        if self.definitions.get(name, {}).get("kind") == "chart":
            return self.chart(artifact)
        if file.endswith((".tar.gz", ".tgz")):
            return zipped(tar({member: self.program(artifact, member) for member in self.members(artifact)}))
        return self.program(artifact, name)

    def members(self, artifact):
        names = self.definitions.get(artifact["name"], {}).get("members") or MEMBERS.get(artifact["name"])
        if not names:
            raise SystemExit(f"error: the stand-in does not know what is in the archive of {artifact['name']}")
        filled = {"{version}": artifact["version"], "{arch}": self.plan["architecture"]}
        for mark, value in filled.items():
            names = [name.replace(mark, value) for name in names]
        return names

    def program(self, artifact, name):
        title = f"{name.rpartition('/')[2]} {artifact['version']} for {self.plan['architecture']}"
        if title.startswith("helm "):
            return (HERE / "helm").read_bytes()
        lines = ["#!/bin/sh", f"# A stand-in for {title}."]
        if title.startswith("kubeadm "):
            lines += [
                f'if [ "$*" = "config images list --kubernetes-version v{artifact["version"]}" ]; then',
                "    cat <<'END'",
                *self.plan["release"]["controlPlaneImages"],
                "END",
                "    exit 0",
                "fi",
            ]
        lines += [f"echo 'this is no {title}, it only stands in for it' >&2", "exit 1", ""]
        return "\n".join(lines).encode()

    def images(self, artifact):
        """What an add-on's manifest or chart names: what the plan expects of it, else an image of its own."""
        owner = self.owners.get(artifact["name"], artifact["name"])
        named = [image["reference"] for image in self.plan["images"] if image["listedBy"] == owner]
        found = []
        for reference in named or [f"docker.io/stand-in/{artifact['name']}:{artifact['version']}"]:
            own = self.registries.add(reference)
            found.append(own if "@" in reference else reference)
        return found

    def manifest(self, artifact):
        text = f"# A stand-in for the manifest of {artifact['name']} {artifact['version']}.\n"
        for number, image in enumerate(self.images(artifact), start=1):
            text += self.pod(f"{artifact['name']}-{number}", image)
        return text.encode()

    def chart(self, artifact):
        name, images = artifact["name"], self.images(artifact)
        about = f"apiVersion: v2\nname: {name}\nversion: {artifact['version']}\ndescription: a stand-in\n"
        values = [f"image{number}: {image}\n" for number, image in enumerate(images, start=1)]
        pods = [
            self.pod("{{ .Release.Name }}-%d" % number, "{{ .Values.image%d }}" % number)
            for number in range(1, len(images) + 1)
        ]
        files = {"Chart.yaml": about, "values.yaml": "".join(values), "templates/pods.yaml": "".join(pods)}
        return zipped(tar({f"{name}/{path}": text.encode() for path, text in files.items()}))

    @staticmethod
    def pod(name, image):
        return (
            f"---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: {name}\nspec:\n"
            f"  containers:\n    - name: stand-in\n      image: {image}\n"
        )

"""What the contenders of loading read, made once of a set's layout."""

import loads
import oci
from registry import Registry


class Archives:
    """The same images as each contender wants them."""

    def __init__(self, layout, folder):
        self.layout = layout
        self.folder = folder
        self.docker_gzip, self.docker_zstd = folder / "docker.tar.gz", folder / "docker.tar.zst"
        self.oci_gzip, self.oci_zstd = folder / "oci-gzip.tar", folder / "oci-zstd.tar"
        self.oci_images, self.zstd_images = oci.Layout(folder / "oci"), oci.Layout(folder / "zstd")
        self.server = Registry(folder / "registry", folder / "registry.log")

    def make(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        oci.docker_archive(self.layout, ["gzip", "-6", "-n"], self.docker_gzip)
        oci.docker_archive(self.layout, ["zstd", "-q", "-3", "-T0"], self.docker_zstd)
        oci.archive_of(self.layout, self.oci_gzip)
        oci.with_oci_manifests(self.layout, self.oci_images.folder)
        oci.archive_of(oci.with_zstd(self.layout, self.zstd_images.folder), self.oci_zstd)
        with self.server as server:
            server.push(self.layout)

    def contenders(self, tools, bundle, number):
        """In the order of the report. The registry's needs its server to run."""
        return [
            loads.ours(tools, bundle, self.layout, "full"),
            loads.ours(tools, bundle, self.layout, "streaming"),
            loads.imports("ctr images import, OCI, gzip layers", "ctr-oci-gzip", self.oci_gzip, self.layout, number),
            loads.imports("ctr images import, OCI, zstd layers", "ctr-oci-zstd", self.oci_zstd, self.zstd_images, number),
            loads.imports("gzip -d | ctr images import, docker save", "ctr-docker-gzip", self.docker_gzip, self.layout,
                          number, unzip="gzip -dc"),
            loads.imports("zstd -d | ctr images import, docker save", "ctr-docker-zstd", self.docker_zstd, self.layout,
                          number, unzip="zstd -dc"),
            loads.pulls(self.server, self.layout),
            loads.skopeo(self.oci_images),
            *loads.floors(bundle),
        ]

    def sizes(self):
        return {path.name: path.stat().st_size
                for path in (self.docker_gzip, self.docker_zstd, self.oci_gzip, self.oci_zstd)}

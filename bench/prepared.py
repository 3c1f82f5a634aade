"""What loading a set needs, made before the measured run: packing a large set takes tens of minutes, loading it does not."""

import hashlib
import json
import shutil

import oci


class Prepared:
    """One set's folder, and the mark that says of what it was made. Nothing here is measured."""

    def __init__(self, folder, tools, options, entry):
        """options: of `bundler make`; entry: the set's, of the lock."""
        self.folder = folder
        self.mark = folder / "made.json"
        programs = {path.name: oci.digest_of(path) for path in (tools.bundler, tools.node_install, tools.public_key)}
        self.expected = json.dumps({"programs": programs, "options": options,
                                    "entry": hashlib.sha256(oci.encoded(entry)).hexdigest()}, sort_keys=True)

    def current(self):
        """Whether all lies there, made by these programs of these inputs."""
        return self.mark.exists() and self.mark.read_text() == self.expected

    def begin(self):
        """An empty folder: what is begun counts only when it is finished."""
        self.remove()
        self.folder.mkdir(parents=True)

    def finish(self):
        self.mark.write_text(self.expected)

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

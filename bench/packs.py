"""Packing and unpacking: bundler beside tar with xz or zstd, and makeself, on the same content."""

import os
import shutil

import bundle as bundles
import filesystem
import process


class Row:
    """One command, what its runs took, and the size of what it made.

    prepare: called before each run, outside of the measured time; place: where the last line's sync is made, if any.
    """

    def __init__(self, key, group, name, command, source_bytes, output=None, prepare=None):
        self.key, self.group, self.name, self.command = key, group, name, command
        self.source_bytes, self.output, self.prepare = source_bytes, output, prepare
        self.runs = []

    def run(self):
        if self.prepare:
            self.prepare()
        run = process.measure(self.command)
        self.runs.append({"seconds": run.seconds, "processorSeconds": run.processors, "peakMemoryBytes": run.resident})

    def seconds(self):
        return [run["seconds"] for run in self.runs]

    def size(self):
        return self.output.stat().st_size if self.output else None

    def row(self):
        return {"key": self.key, "group": self.group, "name": self.name, "command": process.text(self.command),
                "runs": self.runs, "sourceBytes": self.source_bytes, "sizeBytes": self.size()}


def emptied(folder):
    def empty():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    return empty


def content_tree(bundle, folder):
    """What the bundle holds, for the others to pack: each pack's members below its name."""
    shutil.rmtree(folder, ignore_errors=True)
    for entry in bundle.index["packs"]:
        target = folder / entry["name"]
        target.mkdir(parents=True)
        process.call(f"{bundle.decoder(entry['name'])} | tar -x -C {target}")
    return folder


def packing(make, bundle, content, folder):
    """Rows that make something small of the whole content."""
    total = filesystem.tree_bytes(content)
    settings = bundle.index["packs"][0]["compression"]
    level, window = settings["level"], settings["windowLog"]
    xz, zstd, makeself = folder / "content.tar.xz", folder / "content.tar.zst", folder / "content.makeself.run"
    return [
        Row("make", "pack", "bundler make, warm cache", make, total, bundle.path, lambda: bundles.remove(bundle.path)),
        Row("tar-xz", "pack", "tar | xz -T0", f"tar -c -C {content} . | xz -T0 > {xz}", total, xz),
        Row("tar-zstd", "pack", f"tar | zstd -{level} --long={window} -T0",
            f"tar -c -C {content} . | zstd -q --ultra -{level} --long={window} -T0 > {zstd}", total, zstd),
        Row("makeself", "pack", "makeself (gzip)",
            ["makeself", "--quiet", "--nomd5", "--nocrc", "--sha256", content, makeself, "bench", "true"], total,
            makeself, lambda: makeself.unlink(missing_ok=True)),
    ]


def same_stream(stream, settings, folder):
    """zstd itself on the very stream that the pack of images ends, at the pack's level and window."""
    level, window = settings["level"], settings["windowLog"]
    output = folder / "stream.zst"
    return Row("same-stream", "stream", f"zstd -{level} --long={window} -T{os.cpu_count()} on the pack's own stream",
               f"zstd -q -f --ultra -{level} --long={window} -T{os.cpu_count()} -c {stream} > {output}",
               stream.stat().st_size, output)


def highest(stream, folder):
    """The smallest that zstd itself makes of that stream."""
    output = folder / "stream-22.zst"
    return Row("ultra-22", "stream", "zstd --ultra -22 --long=31 on the pack's own stream",
               f"zstd -q -f --ultra -22 --long=31 -c {stream} > {output}", stream.stat().st_size, output)


def unpacking(bundle, content, rows, folder):
    """Rows that unpack what the rows of packing made."""
    total = filesystem.tree_bytes(content)
    place = folder / "unpacked"
    made = {row.key: row.output for row in rows}
    ours = "\n".join(f"mkdir {place}/{name}; {bundle.decoder(name, whole=True)} | tar -xi -C {place}/{name}"
                     for name in bundle.chains())
    sync, empty = filesystem.sync(place), emptied(place)
    return [
        Row("unpack-ours", "unpack", "our packs, by zstd and tar", f"{ours}\n{sync}", total, prepare=empty),
        Row("unpack-xz", "unpack", "xz -T0 -d | tar", f"xz -T0 -dc {made['tar-xz']} | tar -x -C {place}\n{sync}", total,
            prepare=empty),
        Row("unpack-zstd", "unpack", "zstd -d | tar",
            f"zstd -dc --long=31 {made['tar-zstd']} | tar -x -C {place}\n{sync}", total, prepare=empty),
        Row("unpack-makeself", "unpack", "makeself --target",
            f"{made['makeself']} --quiet --nox11 --noexec --target {place}/makeself >/dev/null\n{sync}", total,
            prepare=empty),
    ]


def binaries(bundle, content, folder):
    """The programs alone: our pack beside `tar xzf` of the same files, and makeself of them."""
    tree, place = content / "node", folder / "programs"
    total = filesystem.tree_bytes(tree)
    archive, makeself = folder / "programs.tar.gz", folder / "programs.makeself.run"
    process.call(f"tar -c -C {tree} . | gzip -6 -n > {archive}")
    makeself.unlink(missing_ok=True)
    process.call(["makeself", "--quiet", "--nomd5", "--nocrc", "--sha256", tree, makeself, "bench", "true"])
    sync, empty = filesystem.sync(place), emptied(place)
    return [
        Row("programs-ours", "programs", "our pack of programs, by zstd and tar",
            f"{bundle.decoder('node')} | tar -x -C {place}\n{sync}", total, prepare=empty),
        Row("programs-tar", "programs", "tar xzf", f"tar -xzf {archive} -C {place}\n{sync}", total, prepare=empty),
        Row("programs-makeself", "programs", "makeself --target",
            f"{makeself} --quiet --nox11 --noexec --target {place}/makeself >/dev/null\n{sync}", total, prepare=empty),
    ]

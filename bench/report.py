"""Results as JSON, as tables and as a chart."""

import json
import os

import chart
import figures
import goals

MEGABYTE = 1_000_000


def write(result, folder):
    """results.json, results.md and results.svg; the table's text."""
    text = json.dumps(result, indent=1, sort_keys=True) + "\n"
    (folder / "results.json").write_text(elsewhere(text, folder.parent, os.environ.get("TESTBED_DIR")))
    text = table(result)
    (folder / "results.md").write_text(text)
    (folder / "results.svg").write_text(chart.bars(groups(result)))
    return text


def elsewhere(text, repository, testbed=None):
    """Commands as they are on any machine: paths from the repository on."""
    if testbed:
        text = text.replace(f"{testbed}/", "$TESTBED_DIR/")
    return text.replace(f"{repository}/", "")


def table(result):
    machine = result["machine"]
    lines = [f"{machine['cores']} cores, {machine['processor']}, Linux {machine['kernel']}; "
             + ", ".join(f"{name} {version}" for name, version in sorted(result["versions"].items())) + ".", ""]
    lines += targets(result["targets"], goals.worst(result["targets"]))
    for name, found in result["sets"].items():
        lines += set_table(name, found)
    if result["work"]:
        lines += work_table(result["work"])
    if result["node"]:
        lines += node_table(result["node"])
    lines += [f"- {row['set']}: {row['text']}" for row in result["notices"]]
    return "\n".join(lines) + "\n"


def targets(rows, worst):
    """Where several sets have a number, the set that counts is in bold."""
    lines = ["| Number to reach | Limit | Found | |", "|---|---|---|---|"]
    for row in rows:
        found = row["found"]
        spread = f" ({found['least']:.3f} to {found['most']:.3f})" if found["runs"] > 1 else ""
        sign = "≥" if row["atLeast"] else "≤"
        remark = f"; {row['remark']}" if row["remark"] else ""
        name = f"**{row['name']}**" if row["name"] in worst else row["name"]
        lines.append(f"| {name} | {sign} {row['limit']:g} | {found['median']:.3f}{spread} | {row['verdict']}{remark} |")
    return [*lines, ""]


def set_table(name, found):
    size = found["sizes"]
    files = f", {found['files']} files" if found["files"] else ""
    lines = [f"### {name}", "", f"{found['about']}. {found['images']} images, {size['plainLayers'] / MEGABYTE:.1f} MB of "
             f"plain layers{files}.", "",
             "| Size | MB | of published |", "|---|---|---|"]
    for label, value, base in size_rows(size):
        lines.append(f"| {label} | {value / MEGABYTE:.1f} | {value / base:.3f} |" if value else f"| {label} | | |")
    lines += ["", "| Load, with a sync | Seconds, median (least to most) | Ours to it | Disk, MB | Processor seconds "
              "(with containerd's) |", "|---|---|---|---|---|"]
    ours = next((row for row in found["loads"] if row["key"] == "us-full"), None)
    for row in found["loads"]:
        lines.append(load_row(row, ours))
    return [*lines, ""]


def size_rows(size):
    images = size["publishedImages"]
    rows = [("published images (gzip)", images, images), ("pack of images", size["imagesPack"], images)]
    rows += [(f"archive {name}", value, images) for name, value in size["archives"].items()]
    if size.get("publishedArtifacts"):
        whole = images + size["publishedArtifacts"]
        rows += [("published images and tarballs", whole, whole), ("bundle", size["bundle"], whole),
                 ("bundle without node-install", size["bundle"] - size["head"], whole)]
    # Where programs and images share a stream, that stream is both.
    for key, label in (("imagesStream", "our stream of images"), ("sameStream", "zstd on the same bytes"),
                       ("imagesStream22", "our stream, level 22"), ("ultra22", "zstd --ultra -22 --long=31 on the same bytes")):
        if size.get(key):
            rows.append((label, size[key], images))
    return rows


def load_row(row, ours):
    name = row["name"].replace("|", "\\|")
    if not row["runs"]:
        return f"| {name} | {row['absent']} | | | |"
    found = figures.summary([run["seconds"] for run in row["runs"]])
    compared = ""
    if ours and row is not ours and len(ours["runs"]) == len(row["runs"]):
        mine = figures.comparison([run["seconds"] for run in ours["runs"]], [run["seconds"] for run in row["runs"]])
        compared = f"{mine['median']:.2f}" + (f", {mine['claim']}" if mine["claim"].startswith("no claim") else "")
    last = row["runs"][-1]
    used = last["processorSeconds"] + last.get("containerdProcessorSeconds", 0)
    late = f" ({row['absent']})" if row["absent"] else ""
    return (f"| {name}{late} | {found['median']:.2f} ({found['least']:.2f} to {found['most']:.2f}) | {compared} "
            f"| {last['diskBytes'] / MEGABYTE:.1f} | {used:.2f} |")


def work_table(rows):
    lines = ["### Packing, checking, unpacking", "",
             "| Set | | | Seconds, median (least to most) | MB/s | Peak memory, MB | Size, MB |",
             "|---|---|---|---|---|---|---|"]
    for row in rows:
        found = figures.summary([run["seconds"] for run in row["runs"]])
        memory = max(run["peakMemoryBytes"] for run in row["runs"])
        size = f"{row['sizeBytes'] / MEGABYTE:.1f}" if row["sizeBytes"] else ""
        name = row["name"].replace("|", "\\|")
        lines.append(f"| {row['set']} | {row['group']} | {name} | {found['median']:.2f} ({found['least']:.2f} to {found['most']:.2f}) "
                     f"| {row['sourceBytes'] / MEGABYTE / found['median']:.1f} | {memory / MEGABYTE:.0f} | {size} |")
    return [*lines, ""]


def node_table(node):
    lines = ["### A master, from the end of the full check to the start of kubeadm", "",
             "| | Seconds | Floor | Apart (containerd's step, packages) | Steps |", "|---|---|---|---|---|"]
    for name, found in node.items():
        if found["absent"]:
            lines.append(f"| {name} | {found['absent']} | | | |")
        for run in found["runs"]:
            steps = ", ".join(f"{step} {seconds:.2f}" for step, seconds in run["steps"].items())
            lines.append(f"| {name} | {run['seconds']:.2f} | {run['floorSeconds']:.2f} | {run['apartSeconds']:.2f} | {steps} |")
    return [*lines, ""]


def groups(result):
    """What the chart shows: per set the sizes, then the seconds of loading."""
    found = []
    for name, entry in result["sets"].items():
        rows = [(label, value / MEGABYTE, kind_of(label), None, None) for label, value, _ in size_rows(entry["sizes"])]
        found.append((f"{name}: size, MB", "MB", rows))
        rows = []
        for row in entry["loads"]:
            if row["runs"]:
                one = figures.summary([run["seconds"] for run in row["runs"]])
                kind = "ours" if row["key"].startswith("us-") else "floor" if row["key"].startswith("floor") else "other"
                rows.append((short(row["name"]), one["median"], kind, one["least"], one["most"]))
        if rows:
            found.append((f"{name}: load with a sync, seconds (median, least to most)", "s", rows))
    return found


def kind_of(label):
    return "ours" if label.startswith(("pack of images", "our stream", "bundle")) else "other"


def short(name):
    """What fits beside a bar."""
    return name if len(name) <= 52 else name[:51] + "…"

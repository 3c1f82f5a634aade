"""The numbers to reach, out of what was measured. Pure."""

import figures

MEBI = 1 << 20


def of_set(name, found):
    """Targets of one set of images, from its part of the results."""
    rows = {row["key"]: row for row in found["loads"]}
    targets = sizes(name, found)
    ours = seconds(rows, "us-full")
    for key, title in (("ctr-oci-gzip", "OCI"), ("ctr-docker-gzip", "docker save")):
        other = seconds(rows, key)
        if ours and other and len(ours) == len(other):
            targets.append(figures.target(
                f"{name}: load, of ctr images import of the gzipped archive ({title})", figures.ratios(ours, other), 0.35))
    disk, plain = last(rows, "us-full", "diskBytes"), last(rows, "floor-files", "diskBytes")
    if disk and plain:
        other = last(rows, "ctr-oci-gzip", "diskBytes")
        remark = f"ctr images import: {other / plain:.3f}" if other else ""
        targets.append(figures.target(f"{name}: disk after the load, of the unpacked layers", [disk / plain], 1.02,
                                      exact=True, remark=remark))
    memory = [run["peakAnonymousBytes"] for key in ("us-full", "us-streaming") if key in rows
              for run in rows[key]["runs"] if run["peakAnonymousBytes"]]
    if memory:
        limit = found["windowBytes"] + 64 * MEBI
        targets.append(figures.target(
            f"{name}: peak RssAnon of node-install, of window + 64 MiB", [max(memory) / limit], 1, exact=True,
            remark=f"{max(memory) / MEBI:.0f} MiB of {limit / MEBI:.0f} MiB"))
    return targets


def sizes(name, found):
    size = found["sizes"]
    if size.get("publishedArtifacts"):
        ratio = size["bundle"] / (size["publishedImages"] + size["publishedArtifacts"])
        without = (size["bundle"] - size["head"]) / (size["publishedImages"] + size["publishedArtifacts"])
        targets = [figures.target(f"{name}: the whole bundle, of gzipped images and release tarballs", [ratio], 0.60,
                                  exact=True, remark=f"without node-install {without:.3f}")]
    else:
        targets = [figures.target(f"{name}: the pack of images, of the gzipped images",
                                  [size["imagesPack"] / size["publishedImages"]], 0.60, exact=True)]
    if size.get("sameStream"):
        targets.append(figures.target(f"{name}: the stream of images, of zstd itself on the same bytes",
                                      [size["imagesStream"] / size["sameStream"]], 1.03, exact=True))
    if size.get("ultra22"):
        targets.append(figures.target(f"{name}: --compression-level 22, of zstd --ultra -22 --long=31",
                                      [size["imagesStream22"] / size["ultra22"]], 1.04, exact=True))
    return targets


def of_checks(name, rows):
    found = {row["key"]: [run["seconds"] for run in row["runs"]] for row in rows}
    if not {"verify", "openssl-halves"} <= found.keys():
        return []
    return [figures.target(f"{name}: full check, of the speed of two openssl at once",
                           figures.ratios(found["openssl-halves"], found["verify"]), 0.9, at_least=True)]


def of_node(name, runs):
    if not runs:
        return []
    return [figures.target(f"check to kubeadm, {name}, of the floor",
                           [run["seconds"] / run["floorSeconds"] for run in runs], 1.3)]


def worst(targets):
    """Of each number that several sets have, the name of the row that counts."""
    families = {}
    for row in targets:
        families.setdefault(row["name"].rpartition(": ")[2], []).append(row)
    return [figures.worst(rows)["name"] for rows in families.values()]


def seconds(rows, key):
    return [run["seconds"] for run in rows[key]["runs"]] if key in rows else []


def last(rows, key, field):
    runs = rows[key]["runs"] if key in rows else []
    return runs[-1][field] if runs else None

"""What a set weighs as it was published: blobs and release tarballs as they are, anything else by `gzip -6 -n`."""

import process

# Compressed already: gzip would not help whoever carries them.
PACKED = (".tar.gz", ".tgz", ".tar.xz", ".tar.zst", ".deb", ".gz", ".xz")


def artifact_bytes(bundle, upstream):
    """Bytes of each artifact of the bundle's lock.

    upstream: the test bed's tree of published files; artifacts that are none of it count as published.
    """
    found = {}
    for row in bundle.index["lock"]["artifacts"]:
        name = row["source"].split("?")[0].rsplit("/", 1)[-1]
        if name.endswith(PACKED):
            found[row["name"]] = row["size"]
            continue
        matches = [path for path in upstream.rglob(name) if path.is_file() and path.stat().st_size == row["size"]]
        if not matches:
            raise ValueError(f"{name}, of {row['size']} bytes, is not below {upstream}")
        found[row["name"]] = int(process.call(f"gzip -6 -n -c {matches[0]} | wc -c"))
    return found

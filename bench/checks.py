"""The full check of a bundle, beside what the same processors do with openssl alone."""

import process
from packs import Row


def halves(path, folder):
    """Two files with the two halves of a file."""
    size = path.stat().st_size
    found = []
    for number, (start, length) in enumerate(((0, size // 2), (size // 2, size - size // 2))):
        half = folder / f"half-{number}"
        process.call(f"tail -c +{start + 1} {path} | (head -c {length}; cat >/dev/null) > {half}")
        found.append(half)
    return found


def rows(tools, bundle, makeself, folder):
    """Everything from a warm cache; call `warm` on `inputs` before."""
    first, second = halves(bundle.path, folder)
    found = [
        Row("verify", "check", "node-install verify",
            [tools.node_install, "verify", "--bundle", bundle.path, "--trusted-key", tools.public_key], bundle.size),
        Row("bundler-verify", "check", "bundler verify",
            [tools.bundler, "verify", bundle.path, "--trusted-key", tools.public_key], bundle.size),
        Row("openssl-halves", "check", "two openssl dgst -sha256 at once on the two halves",
            f"openssl dgst -sha256 {first} & one=$!\nopenssl dgst -sha256 {second}\nwait $one", bundle.size),
        Row("sha256sum", "check", "sha256sum", ["sha256sum", bundle.path], bundle.size),
    ]
    if makeself:
        found.append(Row("makeself-check", "check", "makeself --check", [makeself, "--check"], makeself.stat().st_size))
    return found, [bundle.path, first, second, *([makeself] if makeself else [])]

"""Archives of host packages, one for each OS release, made and signed by Debian's own tools."""
import email.utils
import hashlib
import lzma
import os
import pathlib
import shutil
import subprocess
import tempfile

CODENAMES = {
    "debian-11": "bullseye",
    "debian-12": "bookworm",
    "debian-13": "trixie",
    "ubuntu-22.04": "jammy",
    "ubuntu-24.04": "noble",
}
# What every package here needs: the closure is to have something to follow.
LIBRARY = "stand-in-library"


def run(*command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, **options).stdout


class SigningKey:
    """A key for as long as the archives are made; its public half stays."""

    def __init__(self, public):
        # A short path: gpg's agent has a socket in it. It ends by itself where its home goes first.
        self.place = tempfile.TemporaryDirectory(prefix="stand-in-", ignore_cleanup_errors=True)
        self.home = self.place.name
        self.gpg("--passphrase", "", "--quick-generate-key", "stand-in upstream", "ed25519", "sign", "never")
        self.gpg("--yes", "--output", str(public), "--export")

    def gpg(self, *arguments):
        return run("gpg", "--batch", "--quiet", "--homedir", self.home, *arguments)

    def clear_sign(self, text, output):
        self.gpg("--yes", "--digest-algo", "SHA512", "--output", str(output), "--clear-sign", str(text))

    def forget(self):
        subprocess.run(["gpgconf", "--homedir", self.home, "--kill", "gpg-agent"], check=False)
        self.place.cleanup()


def deb(pool, name, architecture, depends):
    """A package without content."""
    tree = pool / f"tree-{name}"
    (tree / "DEBIAN").mkdir(parents=True)
    control = [
        f"Package: {name}",
        "Version: 1.0",
        f"Architecture: {architecture}",
        "Maintainer: Nobody <nobody@example.org>",
        "Description: a stand-in",
    ]
    if depends:
        control.append(f"Depends: {depends}")
    (tree / "DEBIAN" / "control").write_text("\n".join(control) + "\n")
    file = pool / f"{name}_1.0_{architecture}.deb"
    # As old as can be: it is always the same.
    run("dpkg-deb", "--root-owner-group", "-Zxz", "-b", str(tree), str(file), env=os.environ | {"SOURCE_DATE_EPOCH": "0"})
    shutil.rmtree(tree)


def make(folder, release, wanted, key):
    """The archive of one release below `folder`; its suite is the release's codename.

    `wanted` has names of packages by architecture.
    """
    if release not in CODENAMES:
        raise SystemExit(f"error: the stand-in does not know the codename of {release}")
    suite = folder / "dists" / CODENAMES[release]
    pool = folder / "pool"
    pool.mkdir(parents=True)
    deb(pool, LIBRARY, "all", "")
    lines = ["Origin: stand-in", f"Codename: {suite.name}", f"Date: {email.utils.formatdate(usegmt=True)}", "SHA256:"]
    for architecture, names in sorted(wanted.items()):
        for name in names:
            deb(pool, name, architecture, f"{LIBRARY} (>= 1.0)")
        listed = run("dpkg-scanpackages", "--arch", architecture, "pool", cwd=folder, stderr=subprocess.DEVNULL)
        packages = lzma.compress(listed)
        place = pathlib.Path("main") / f"binary-{architecture}" / "Packages.xz"
        (suite / place).parent.mkdir(parents=True)
        (suite / place).write_bytes(packages)
        lines.append(f" {hashlib.sha256(packages).hexdigest()} {len(packages)} {place}")
    text = suite / "Release"
    text.write_text("\n".join(lines) + "\n")
    key.clear_sign(text, suite / "InRelease")
    text.unlink()
    return suite.name

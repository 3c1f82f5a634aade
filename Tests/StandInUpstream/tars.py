"""Archives that are the same for the same content."""
import gzip
import io
import tarfile


def tar(members):
    """A tar of files by their paths, with their folders, all with the mode of programs."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in sorted({path.rpartition("/")[0] for path in members} - {""}):
            folder = tarfile.TarInfo(name)
            folder.type, folder.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(folder)
        for path, content in sorted(members.items()):
            member = tarfile.TarInfo(path)
            member.size, member.mode = len(content), 0o755
            archive.addfile(member, io.BytesIO(content))
    return raw.getvalue()


def zipped(data):
    return gzip.compress(data, mtime=0)

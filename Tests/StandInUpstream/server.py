"""HTTP for what was made: files by their paths, checksum files that follow from them, registries."""
import hashlib
import http.server
import urllib.parse

ROOT = "/stand-in/"


class Server(http.server.ThreadingHTTPServer):
    """On a port of its own choice."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, files, registries):
        # Bytes by path below ROOT.
        self.files, self.registries = files, registries
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}{ROOT.rstrip('/')}"

    def answer(self, path):
        """Media type, bytes and perhaps a digest; None for what is not there."""
        if path.startswith("registry/"):
            return self.registries.answer(path.removeprefix("registry/"))
        content = self.files.get(path) or self.sums(path)
        return content and ("application/octet-stream", content, None)

    def sums(self, path):
        """A checksum file: of the file that it is named after, else of all in its folder."""
        folder, _, name = path.rpartition("/")
        if "sha256" not in name.lower():
            return None
        beside = path.removesuffix("sum").removesuffix(".sha256")
        named = [beside] if beside in self.files else [file for file in self.files if file.rpartition("/")[0] == folder]
        lines = [f"{hashlib.sha256(self.files[file]).hexdigest()}  {file.rpartition('/')[2]}\n" for file in sorted(named)]
        return "".join(lines).encode() or None


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "stand-in-upstream"
    disable_nagle_algorithm = True

    def do_HEAD(self):
        self.reply(with_body=False)

    def do_GET(self):
        self.reply(with_body=True)

    def reply(self, with_body):
        path = urllib.parse.unquote(self.path.partition("?")[0])
        found = self.server.answer(path.removeprefix(ROOT)) if path.startswith(ROOT) else None
        media_type, content, digest = found or ("text/plain", b"the stand-in has no such thing\n", None)
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        if digest:
            self.send_header("Docker-Content-Digest", digest)
        self.end_headers()
        if with_body:
            self.wfile.write(content)

    def log_message(self, *_):
        """What was asked for is the client's to say."""

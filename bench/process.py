"""Runs commands and measures them."""

import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import time


class Failed(Exception):
    """A command that did not end with 0."""

    def __init__(self, command, status, errors):
        ending = "\n".join(errors.decode(errors="replace").splitlines()[-12:])
        super().__init__(f"'{command}' ended with {status}, expected 0:\n{ending}")


class Run:
    """What one command took: wall-clock seconds, seconds of processors, and peaks of memory in bytes."""

    def __init__(self, seconds, processors, resident, anonymous, output):
        self.seconds = seconds
        self.processors = processors
        self.resident = resident
        self.anonymous = anonymous
        self.output = output


def text(command):
    """A command as it would be typed."""
    return command if isinstance(command, str) else " ".join(str(word) for word in command)


def call(command, **options):
    """Runs a command outside of any measurement; its standard output."""
    shell = isinstance(command, str)
    words = ["bash", "-c", f"set -eo pipefail\n{command}"] if shell else [str(word) for word in command]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    if done.returncode != 0:
        raise Failed(text(command), done.returncode, done.stderr)
    return done.stdout


def measure(command, watch=None):
    """Runs a command once.

    command: words, or a line for bash, where every part of a pipe must succeed.
    watch: the name of a program whose RssAnon is sampled, in the command itself or one level below.
    """
    shell = isinstance(command, str)
    words = ["bash", "-c", f"set -eo pipefail\n{command}"] if shell else [str(word) for word in command]
    begin = time.monotonic()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors,
            # A group of its own, so that no part of a pipe outlives us.
            start_new_session=True)
        try:
            return followed(process, command, begin, watch, errors)
        except BaseException:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            raise
        finally:
            process.stdout.close()


def followed(process, command, begin, watch, errors):
    """Waits for a process's end."""
    sampler = Sampler(process.pid, watch) if watch else None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    anonymous = sampler.stop() if sampler else None
    if process.returncode != 0:
        errors.seek(0)
        raise Failed(text(command), process.returncode, errors.read())
    # Kilobytes on Linux; of the process or of one that it waited for, whichever is larger.
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, anonymous, output)


class Sampler:
    """Looks at a program's RssAnon a hundred times a second, and keeps the most."""

    def __init__(self, pid, name):
        self.most = 0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.watch, args=(pid, name), daemon=True)
        self.thread.start()

    def watch(self, root, name):
        while not self.ended.wait(0.01):
            for pid in [root, *children(root)]:
                self.most = max(self.most, anonymous(pid, name))

    def stop(self):
        """The most that was seen, in bytes; None where the program was never met."""
        self.ended.set()
        self.thread.join()
        return self.most or None


def children(pid):
    try:
        tasks = list(pathlib.Path(f"/proc/{pid}/task").iterdir())
        return [int(word) for task in tasks for word in (task / "children").read_text().split()]
    except OSError:
        return []


def anonymous(pid, name):
    """RssAnon in bytes of a process with that name, else 0."""
    try:
        lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    # The kernel keeps fifteen letters of a name.
    if fields.get("Name", "").strip() != name[:15]:
        return 0
    return int(fields.get("RssAnon", "0 kB").split()[0]) * 1024


def forget(paths):
    """Asks the kernel to drop files from the page cache; how many of their bytes stayed there."""
    stayed = 0
    for path in paths:
        files = [path] if path.is_file() else [entry for entry in path.rglob("*") if entry.is_file()]
        for file in files:
            descriptor = os.open(file, os.O_RDONLY)
            try:
                # Only clean pages go.
                os.fsync(descriptor)
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(descriptor)
        for start in range(0, len(files), 500):
            sizes = call(["fincore", "--bytes", "--noheadings", "--output", "RES", *files[start:start + 500]])
            stayed += sum(int(word) for word in sizes.split())
    return stayed


def warm(paths):
    """Reads files, so that the next reader finds them in the page cache."""
    for path in paths:
        with open(path, "rb", buffering=0) as file:
            while file.read(1 << 20):
                pass

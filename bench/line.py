"""A line with delay and loss between two network namespaces, for as long as a `with` lasts.

Everything hangs on processes that this one started and ends by their ids: nothing has a name that could be left behind.
"""

import os
import pathlib
import subprocess
import sys
import time

import process
import relay

SERVER, CLIENT = "10.213.0.1", "10.213.0.2"


class Namespace:
    """A network namespace that lives as long as the process in it, which ends with its input: also when we are killed."""

    def __enter__(self):
        self.holder = subprocess.Popen(["unshare", "--net", "cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        own = os.readlink("/proc/self/ns/net")
        for _ in range(500):
            try:
                if os.readlink(f"/proc/{self.holder.pid}/ns/net") != own:
                    break
            except OSError:
                pass
            if self.holder.poll() is not None:
                raise ValueError("no network namespace of its own: this needs root")
            time.sleep(0.01)
        self.run("ip", "link", "set", "lo", "up")
        return self

    def __exit__(self, *_):
        self.holder.stdin.close()
        self.holder.wait()

    @property
    def inside(self):
        """Leads a command that runs in it."""
        return ["nsenter", f"--net=/proc/{self.holder.pid}/ns/net"]

    def run(self, *words):
        return process.call([*self.inside, *words])

    def sent(self):
        """Bytes that the line's end here has sent: with headers, and again where they were lost."""
        return sent(pathlib.Path(f"/proc/{self.holder.pid}/net/dev").read_text())


def sent(text):
    """The bytes that /proc/net/dev says the device has sent."""
    for row in text.splitlines():
        name, _, numbers = row.partition(":")
        if name.strip() == relay.DEVICE:
            return int(numbers.split()[8])
    raise ValueError(f"no device {relay.DEVICE}")


class Line:
    """delay: milliseconds that it adds to a round trip; loss: per cent of the packets that the client is sent."""

    def __init__(self, delay, loss):
        self.delay, self.loss = delay, loss
        self.server, self.client = Namespace(), Namespace()
        self.opened = []

    def __enter__(self):
        try:
            for end in (self.server, self.client):
                end.__enter__()
                self.opened.append(end)
            self.connect()
        except BaseException:
            self.__exit__()
            raise
        return self

    def connect(self):
        self.relay = subprocess.Popen(
            [sys.executable, relay.__file__, str(self.server.holder.pid), str(self.client.holder.pid),
             str(self.delay / 2000)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if self.relay.stdout.readline() != b"ready\n":
            raise ValueError("the relay has no devices: this needs root and /dev/net/tun")
        for end, own, other in ((self.server, SERVER, CLIENT), (self.client, CLIENT, SERVER)):
            end.run("ip", "addr", "add", own, "peer", other, "dev", relay.DEVICE)
            end.run("ip", "link", "set", relay.DEVICE, "txqueuelen", "10000", "up")
        # So that what a server has sent and nobody has read is bounded.
        self.server.run("sh", "-c", "echo 4096 65536 262144 >/proc/sys/net/ipv4/tcp_wmem")
        if self.loss:
            self.client.run("nft", "add table inet lossy; add chain inet lossy input { type filter hook input priority 0; }; "
                            f"add rule inet lossy input iifname {relay.DEVICE} numgen random mod 100 < {self.loss} drop")

    def __exit__(self, *_):
        if hasattr(self, "relay"):
            self.relay.stdin.close()
            self.relay.wait()
            self.relay.stdout.close()
        for end in reversed(self.opened):
            end.__exit__()

"""Carries packets between two tun devices, each in a network namespace of its own, and holds each back for a while.

    relay.py PID PID SECONDS

The namespaces are those of the two processes. It prints a line when the devices are there, and ends with its input, so
that it does not outlive whoever started it. There is no netem in every kernel: this is the delay alone, loss is nft's.
"""

import collections
import ctypes
import errno
import fcntl
import math
import os
import select
import struct
import sys
import time

NEW_NETWORK = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
DEVICE = "kfb0"
# Packets that wait on one side: far more than a good line has on its way.
MOST = 50_000
BATCH = 512


def enter(pid):
    """From here on this thread is in the network namespace of a process."""
    library = ctypes.CDLL(None, use_errno=True)
    with open(f"/proc/{pid}/ns/net", "rb") as file:
        if library.setns(file.fileno(), NEW_NETWORK) != 0:
            number = ctypes.get_errno()
            raise OSError(number, f"setns: {os.strerror(number)}")


def device(pid):
    """A tun device in that namespace; it goes with the descriptor."""
    enter(pid)
    found = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    fcntl.ioctl(found, TUNSETIFF, struct.pack("16sH22x", DEVICE.encode(), IFF_TUN | IFF_NO_PI))
    return found


class Line:
    """One direction: packets in the order in which they came, each with the time when it is due."""

    def __init__(self, delay, write):
        self.delay, self.write, self.waiting = delay, write, collections.deque()

    def take(self, packet, now):
        if len(self.waiting) < MOST:
            self.waiting.append((now + self.delay, packet))

    def deliver(self, now):
        while self.waiting and self.waiting[0][0] <= now:
            self.write(self.waiting.popleft()[1])

    @property
    def due(self):
        return self.waiting[0][0] if self.waiting else math.inf


def writer(descriptor):
    def write(packet):
        try:
            os.write(descriptor, packet)
        except OSError as error:
            # What the other side cannot take is lost, as on any line.
            if error.errno not in (errno.EAGAIN, errno.ENOBUFS, errno.EIO, errno.EINVAL):
                raise
    return write


def carry(first, second, delay, control):
    lines = {first: Line(delay, writer(second)), second: Line(delay, writer(first))}
    poller = select.poll()
    for descriptor in (first, second, control):
        poller.register(descriptor, select.POLLIN)
    while True:
        due = min(line.due for line in lines.values())
        wait = None if due == math.inf else max(0, math.ceil((due - time.monotonic()) * 1000))
        ready = poller.poll(wait)
        now = time.monotonic()
        for descriptor, _ in ready:
            if descriptor == control:
                return
            line = lines[descriptor]
            for _ in range(BATCH):
                try:
                    line.take(os.read(descriptor, 65535), now)
                except BlockingIOError:
                    break
                except OSError as error:
                    # A device that is not up yet.
                    if error.errno != errno.EIO:
                        raise
                    break
        for line in lines.values():
            line.deliver(now)


def main():
    first, second, delay = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    ends = device(first), device(second)
    print("ready", flush=True)
    carry(*ends, delay, sys.stdin.fileno())


if __name__ == "__main__":
    main()

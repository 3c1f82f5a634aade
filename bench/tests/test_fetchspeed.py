"""What is counted of fetching, and the line that delays it."""

import contextlib
import io
import os
import select
import socket
import threading
import time
import unittest

import fetchspeed
import line
import relay


class FetchSpeedTests(unittest.TestCase):
    def test_bytes_given_are_those_of_whole_and_partial_answers(self):
        log = "\n".join([
            '10.213.0.2 - - [now] "GET /v2/ HTTP/1.1" 200 2 "" "bundler"',
            '10.213.0.2 - - [now] "GET /v2/a/blobs/sha256:0 HTTP/1.1" 206 1000 "" "bundler"',
            '10.213.0.2 - - [now] "GET /v2/a/blobs/sha256:1 HTTP/1.1" 404 77 "" "bundler"',
            '10.213.0.2 - - [now] "HEAD /v2/a/manifests/1 HTTP/1.1" 200 500 "" "bundler"', "noise"])
        self.assertEqual(fetchspeed.given(log), 1002)

    def test_the_limit_grows_with_kills_and_connections(self):
        self.assertEqual(fetchspeed.limit(2 * 10**9, 10, 32), 2_100_000_000 + 10 * 32 * 262_144)

    def test_the_fastest_of_the_others_is_taken_turn_by_turn(self):
        rows = []
        for name, seconds in (("ours", [2, 2, 2]), ("skopeo", [8, 6, 8]), ("all", [4, 8, 4])):
            row = fetchspeed.Row(name, name)
            row.runs = [{"seconds": value} for value in seconds]
            rows.append(row)
        found = {goal["name"]: goal["found"]["median"] for goal in fetchspeed.goals(rows)}
        self.assertEqual(found["speed beside skopeo, one image after the other"], 4)
        self.assertEqual(found["speed beside the fastest of the others"], 2)

    def test_sent_bytes_are_those_of_the_line(self):
        text = ("Inter-|   Receive  |  Transmit\n face |bytes packets\n"
                "    lo: 1 1 0 0 0 0 0 0 9 1 0 0 0 0 0 0\n  kfb0: 5 1 0 0 0 0 0 0 77 1 0 0 0 0 0 0\n")
        self.assertEqual(line.sent(text), 77)
        with self.assertRaises(ValueError):
            line.sent("lo: 1\n")

    def test_options_that_cannot_be_are_refused(self):
        for words in (["--loss", "100"], ["--delay", "-1"], ["--images", "0"], ["--only", "some"]):
            with self.assertRaises(SystemExit, msg=words), contextlib.redirect_stderr(io.StringIO()):
                fetchspeed.arguments(["--bundler", "b", "--folder", "f", *words])


class RelayTests(unittest.TestCase):
    def test_packets_keep_their_order_and_wait(self):
        out = []
        delayed = relay.Line(0.5, out.append)
        delayed.take(b"1", 10.0)
        delayed.take(b"2", 10.1)
        self.assertEqual(delayed.due, 10.5)
        delayed.deliver(10.49)
        self.assertEqual(out, [])
        delayed.deliver(10.55)
        self.assertEqual(out, [b"1"])
        delayed.deliver(11)
        self.assertEqual(out, [b"1", b"2"])

    def test_a_full_line_loses_what_comes(self):
        delayed = relay.Line(1, lambda packet: None)
        for _ in range(relay.MOST + 5):
            delayed.take(b"", 0)
        self.assertEqual(len(delayed.waiting), relay.MOST)

    def test_it_carries_both_ways_until_its_input_ends(self):
        # Packet sockets stand for the devices: both keep the bounds of what is written.
        near, first = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        far, second = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        reading, control = os.pipe()
        for end in (first, second):
            end.setblocking(False)
        carrier = threading.Thread(target=relay.carry, args=(first.fileno(), second.fileno(), 0.02, reading))
        carrier.start()
        try:
            begin = time.monotonic()
            near.send(b"there")
            self.assertTrue(select.select([far], [], [], 10)[0])
            self.assertEqual(far.recv(100), b"there")
            self.assertGreaterEqual(time.monotonic() - begin, 0.02)
            far.send(b"and back")
            self.assertEqual(near.recv(100), b"and back")
        finally:
            os.close(control)
            carrier.join(10)
            for end in (near, far, first, second):
                end.close()
            os.close(reading)
        self.assertFalse(carrier.is_alive())

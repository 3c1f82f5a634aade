"""Commands that are measured: every part of a pipe counts, and nothing outlives an interruption."""

import pathlib
import signal
import tempfile
import threading
import time
import unittest

import process


class ProcessTests(unittest.TestCase):
    def test_a_failure_within_a_pipe_is_a_failure(self):
        with self.assertRaisesRegex(process.Failed, "ended with 3"):
            process.measure("(echo lost >&2; exit 3) | cat")

    def test_the_output_and_the_time_are_there(self):
        run = process.measure(["sh", "-c", "sleep 0.05; echo done"])
        self.assertEqual(run.output, b"done\n")
        self.assertGreaterEqual(run.seconds, 0.05)

    def test_an_interruption_ends_the_whole_pipe(self):
        # A shell that runs this in the background has it ignored.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.addCleanup(signal.signal, signal.SIGINT, before)
        main = threading.main_thread().ident
        threading.Timer(0.3, lambda: signal.pthread_kill(main, signal.SIGINT)).start()
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "pid"
            with self.assertRaises(KeyboardInterrupt):
                process.measure(f"sh -c 'echo $$ >{file}; exec sleep 3600' | cat")
            self.assertTrue(ended(int(file.read_text())))


def ended(pid):
    """Whether a process is gone, or only its parent's to bury."""
    for _ in range(100):
        try:
            state = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


if __name__ == "__main__":
    unittest.main()

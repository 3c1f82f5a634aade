"""Runs `bundler` and notes when each of its tasks begins and ends, by its JSON events."""

import json
import os
import subprocess
import tempfile
import time

import process


class Watched:
    """What one run took: seconds, peak resident bytes, and when each task began and ended."""

    def __init__(self, command):
        begin = time.monotonic()
        self.began, self.ended, said = {}, {}, []
        with tempfile.TemporaryFile() as output:
            child = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE,
                start_new_session=True)
            try:
                for line in child.stderr:
                    self.take(line, time.monotonic() - begin, said)
                _, status, usage = os.wait4(child.pid, 0)
            except BaseException:
                if child.returncode is None:
                    child.kill()
                    child.wait()
                raise
            finally:
                child.stderr.close()
        self.seconds = time.monotonic() - begin
        self.processors = usage.ru_utime + usage.ru_stime
        self.resident = usage.ru_maxrss * 1024
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            raise process.Failed(process.text(command), child.returncode, b"".join(said))

    def take(self, line, moment, said):
        """One line of stderr: an event, or something that a failure should show."""
        try:
            event = json.loads(line)
            kind, task = event["kind"], event["task"]
        except (ValueError, KeyError, TypeError):
            said.append(line)
            return
        if kind == "started":
            self.began.setdefault(task, moment)
        if kind == "finished":
            self.ended[task] = moment

    def span(self, *words):
        """Seconds from the first begin to the last end of the tasks whose names begin with one of the words."""
        return span(self.began, self.ended, words)


def span(began, ended, words):
    begins = [moment for task, moment in began.items() if task.split(" ")[0] in words]
    ends = [moment for task, moment in ended.items() if task.split(" ")[0] in words]
    if not begins or not ends:
        raise ValueError(f"no task of {' '.join(words)} in the events")
    return max(ends) - min(begins)

# Ranges that a program marks for the tracers: stages, iterations, tokens and layers, noted where WARPLAB_RANGES says, which
# run_trace.sh sets; nowhere otherwise. Knows nothing of tracers beyond the form of their notes (spool.h).
import os
import threading
import time


class Ranges:
    """Use it as `with ranges("stage", "load weights"): ...`; ranges of a thread lie inside each other."""

    def __init__(self):
        path = os.environ.get("WARPLAB_RANGES")
        # Whole lines at a time, so that processes can share the file.
        self.file = open(path, "ab", buffering=0) if path else None
        self.noted = 0

    def __call__(self, kind, name):
        return Range(self, kind, name)

    def note(self, words):
        if self.file is None:
            return
        self.noted += 1
        line = "%016x %08x %08x %x %s\n" % (
            time.monotonic_ns(), self.noted, os.getpid(), threading.get_native_id(), words,
        )  # fmt: skip
        self.file.write(line.encode())


class Range:
    def __init__(self, ranges, kind, name):
        self.ranges, self.kind, self.name = ranges, kind, name

    def __enter__(self):
        text = "".join("%%%02x" % ord(letter) if letter < " " or letter == "%" else letter for letter in self.name)
        self.ranges.note('{ %s "%s' % (self.kind, text))

    def __exit__(self, *_):
        self.ranges.note("}")

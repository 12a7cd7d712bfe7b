# What the inference scripts print and how they take times: per stage, per iteration and on average. Knows nothing of the networks.
import sys
import time

from ranges import Ranges

STAGES = ("initialise", "load weights", "input", "inference", "output", "clean up")


class Timings:
    """Times of stages and iterations; `synchronize` waits for the device, so that a time has in it what was begun there."""

    def __init__(self, synchronize=lambda: None):
        self.ranges = Ranges()
        self.synchronize = synchronize
        self.stages = {}
        self.iterations = []

    def stage(self, name):
        return Timed(self, "stage", name, lambda seconds: self.stages.__setitem__(name, seconds))

    def iteration(self, kind, name):
        return Timed(self, kind, name, self.iterations.append)

    def report(self, what, unit, count):
        """`count` of `unit` (samples, tokens) were worked on by all iterations."""
        print("stage               ms")
        for name in STAGES:
            if name in self.stages:
                print("%-13s %8.3f" % (name, self.stages[name] * 1e3))
        print("%-13s %8.3f" % ("total", sum(self.stages.values()) * 1e3))
        for index, seconds in enumerate(self.iterations, 1):
            print("%s %d: %.3f ms" % (what, index, seconds * 1e3))
        whole = sum(self.iterations)
        if not self.iterations or whole == 0:
            return
        print("average %s: %.3f ms" % (what, whole / len(self.iterations) * 1e3))
        # The first one pays for what is done once: loading kernels, filling caches.
        if len(self.iterations) > 1:
            rest = self.iterations[1:]
            print("average without the first: %.3f ms" % (sum(rest) / len(rest) * 1e3))
        print("%s per second: %.1f" % (unit, count / whole))


class Timed:
    def __init__(self, timings, kind, name, keep):
        self.timings, self.keep = timings, keep
        self.range = timings.ranges(kind, name)

    def __enter__(self):
        self.range.__enter__()
        self.begin = time.perf_counter()

    def __exit__(self, *error):
        if error[0] is None:
            self.timings.synchronize()
        self.keep(time.perf_counter() - self.begin)
        self.range.__exit__(*error)


def mark_layers(layers, timings):
    """A range around each layer of PyTorch: what the host does for it, since the device is not waited for."""
    for index, layer in enumerate(layers):
        around = []

        def before(_layer, _inputs, name="layers.%d" % index, around=around):
            around.append(timings.ranges("layer", name))
            around[-1].__enter__()

        def after(_layer, _inputs, _outputs, around=around):
            around.pop().__exit__()

        layer.register_forward_pre_hook(before)
        layer.register_forward_hook(after)


def imported(name, install):
    """A package, or an end that says what is missing."""
    try:
        return __import__(name)
    except ImportError as error:
        missing = getattr(error, "name", None) or name
        print("%s is not installed, which this script needs: %s" % (missing, install), file=sys.stderr)
        sys.exit(2)

# The two ways of seeing calls: bpftrace with probes, and a preloaded library. Each says what a command's environment needs, what it
# noted, what it lost and what it cost. Knows nothing of what the notes say.
import ctypes
import glob
import os
import random
import re
import shutil
import signal
import statistics
import struct
import subprocess
import tempfile
import threading
import time

from calls import CALIBRATIONS, unescaped
from probes import CALIBRATION, CANARIES, FIRST_CANARY, KERNEL_FUNCTIONS, c_library, find_libcuda, program

HERE = os.path.dirname(os.path.abspath(__file__))


STRING_BYTES = 160
FIRST, LAST = (b"%x" % number for number in (FIRST_CANARY, CALIBRATION))


class Refusal(Exception):
    """Why nothing can be recorded, and what to do about it."""


class Preload:
    """The library of preload.c, compiled for this machine."""

    source = "preload"
    text = staticmethod(unescaped)
    kernel_functions = ()
    against_loss = "The disk is full where the trace is written; name a file elsewhere with --out."
    nothing_seen = (
        "no driver call was seen. The command may use no GPU, may be linked statically, or clear LD_PRELOAD; without --preload, "
        "as root, probes see such programs too."
    )

    def __init__(self, folder):
        self.folder = os.path.join(folder, "notes")
        os.mkdir(self.folder)
        self.built = None
        self.library = os.environ.get("WARPLAB_PRELOAD") or self.compile()
        if not os.path.isfile(self.library) or re.search(r"[\s:]", self.library):
            raise Refusal("WARPLAB_PRELOAD: %s is no file, or has a space or a colon in its path" % self.library)

    def compile(self):
        """Compiles the library for this machine, at a path that LD_PRELOAD can say: spaces and colons separate."""
        compiler = shutil.which(os.environ.get("CC", "gcc")) or shutil.which("cc")
        if compiler is None:
            raise Refusal(
                "there is no C compiler (gcc) for the library that --preload needs: WARPLAB_PRELOAD may name one that was compiled "
                "elsewhere (gcc -shared -fPIC -O2 -pthread preload.c -o preload.so); without it, bpftrace does the same as root"
            )
        places = [tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm"]
        place = next((path for path in places if os.path.isdir(path) and not re.search(r"[\s:]", path)), None)
        if place is None:
            raise Refusal("no folder for temporary files has a path without spaces: set TMPDIR to one")
        self.built = tempfile.mkdtemp(prefix="warplab-preload-", dir=place)
        library = os.path.join(self.built, "preload.so")
        done = subprocess.run(
            [compiler, "-shared", "-fPIC", "-O2", "-pthread", os.path.join(HERE, "preload.c"), "-o", library],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        if done.returncode != 0:
            shutil.rmtree(self.built, ignore_errors=True)
            raise Refusal("the library for --preload cannot be compiled:\n" + done.stdout.decode("utf-8", "replace"))
        return library

    def environment(self):
        others = os.environ.get("LD_PRELOAD")
        found = {"LD_PRELOAD": self.library + (":" + others if others else ""), "WARPLAB_SPOOL": self.folder}
        # Ranges go to one tool: where another is named already it stays.
        if "NVTX_INJECTION64_PATH" not in os.environ:
            found["NVTX_INJECTION64_PATH"] = self.library
        return found

    def notes(self):
        """One file of whole lines: the notes of all threads, without what they had not come to fill."""
        path = os.path.join(self.folder, "all")
        self.torn = 0
        with open(path, "wb") as whole:
            for each in sorted(glob.glob(os.path.join(self.folder, "*.calls"))):
                with open(each, "rb") as file:
                    for chunk in chunks(file):
                        lines = chunk.rstrip(b"\0")
                        # A line that a kill cut short has no time in front, or no end.
                        end = lines.rfind(b"\n") + 1
                        self.torn += end < len(lines)
                        whole.write(lines[:end])
                os.remove(each)
        if self.built:
            shutil.rmtree(self.built, ignore_errors=True)
        return [path]

    def lost(self, assembler):
        lost = self.torn
        for path in glob.glob(os.path.join(self.folder, "*.lost")):
            with open(path, "rb") as file:
                lost += struct.unpack("=Q", file.read(8))[0]
        return lost

    def cost(self, assembler):
        return cost(assembler.durations, assembler.spacings, 0)

    def remarks(self):
        return []


def chunks(file):
    # As spool.h takes them: the end of each is empty, where the next line did not fit.
    yield file.read(1 << 16)
    while True:
        chunk = file.read(1 << 20)
        if not chunk:
            return
        yield chunk


def cost(durations, spacings, empty_ns):
    if not durations or not spacings:
        return {}
    return {
        "probe_call_ns": max(0, round(statistics.median(spacings) - empty_ns)),
        "probe_duration_ns": round(statistics.median(durations)),
    }


def end_with_parent():
    # PR_SET_PDEATHSIG: a recorder that is killed leaves no probes behind.
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def per_call_ns(function, times, number=1):
    begin = time.perf_counter_ns()
    for _ in range(times):
        function(number)
    return (time.perf_counter_ns() - begin) / times


class Bpftrace:
    """bpftrace, which runs beside the command; its lines are taken over as they come."""

    source = "bpftrace"

    @staticmethod
    def text(words):
        # As long as bpftrace keeps strings, with the zero at their end.
        return words + "…" if len(words.encode()) >= STRING_BYTES - 1 else words

    against_loss = "bpftrace could not keep up; --preload can."
    nothing_seen = "no driver call was seen: the command may use no GPU, or another libcuda than the one with probes (WARPLAB_LIBCUDA names it)."

    def __init__(self, folder, table, kernel):
        if os.geteuid() != 0:
            raise Refusal("bpftrace needs root: run this with sudo, or add --preload, which does not")
        tool = shutil.which("bpftrace")
        if tool is None:
            raise Refusal("there is no bpftrace: install it (Debian and Ubuntu: apt-get install bpftrace), or add --preload")
        library = find_libcuda()
        if library is None:
            raise Refusal("there is no libcuda.so.1 on this machine, which NVIDIA's driver brings; WARPLAB_LIBCUDA may name one")
        self.folder = folder
        self.kernel_functions = kernel_probes() if kernel else ()
        self.path = os.path.join(folder, "notes")
        self.errors = os.path.join(folder, "errors")
        # In bpftrace's language a path has no spaces.
        self.links = tempfile.mkdtemp(prefix="warplab-probes-", dir="/tmp")
        link = os.path.join(self.links, "libcuda.so")
        os.symlink(library, link)
        try:
            text = program(link, table, self.kernel_functions if kernel else None)
        except (LookupError, OSError) as error:
            raise Refusal(str(error))
        script = os.path.join(self.links, "warplab.bt")
        with open(script, "w", encoding="ascii") as file:
            file.write(text)
        library = ctypes.CDLL(c_library())
        self.functions = [library[name] for name in CANARIES]
        for function in self.functions:
            function.argtypes = [ctypes.c_longlong]
        self.cookie = random.SystemRandom().getrandbits(61) << 1 | 1 << 62
        # The calls that show what a probe costs say so by another number than those that wait for probes.
        self.costing = False
        # What bpftrace calls this process: in another namespace of processes it has another number.
        self.own_pid = None
        # A call like a canary's of a function that never has probes, not even those that an earlier trace leaves for a while.
        self.empty_ns = min(per_call_ns(library["ffs"], 200) for _ in range(20))
        # Processes that come from this one are the command's.
        self.ours = {os.getpid(): True}
        self.foreign = 0
        self.reported = 0
        # By processor, when the last canary was called of those that have come, and of those whose forerunners are written.
        self.seen = {}
        self.drained = {}
        self.began = False
        self.broken = None
        environment = dict(
            os.environ, BPFTRACE_MAX_PROBES="4096", BPFTRACE_MAX_BPF_PROGS="4096", BPFTRACE_STRLEN=str(STRING_BYTES),
            BPFTRACE_MAP_KEYS_MAX="65536", BPFTRACE_PERF_RB_PAGES=os.environ.get("BPFTRACE_PERF_RB_PAGES", "4096"),
        )  # fmt: skip
        # In a session of its own: a terminal's interrupt is for the command.
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(
                [tool, "-B", "line", script], env=environment, stdout=subprocess.PIPE, stderr=errors,
                stdin=subprocess.DEVNULL, start_new_session=True, bufsize=0, preexec_fn=end_with_parent,
            )  # fmt: skip
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        self.wait_for_probes()

    def wait_for_probes(self):
        end = time.monotonic() + 300
        while not (self.began and self.drained):
            if self.process.poll() is not None or time.monotonic() > end:
                self.kill()
                raise Refusal("bpftrace cannot place its probes:\n" + self.said())
            for function in self.functions:
                function(self.cookie)
            time.sleep(0.02)
        per_call_ns(self.functions[1], 2 * CALIBRATIONS, self.cookie + 1)

    def said(self):
        with open(self.errors, "rb") as file:
            return file.read().decode("utf-8", "replace").strip()

    def environment(self):
        return {}

    def read(self):
        rest = b""
        pipe = self.process.stdout.fileno()
        with open(self.path, "wb", buffering=0) as notes:
            while True:
                data = os.read(pipe, 1 << 20)
                if not data:
                    return
                *lines, rest = (rest + data).split(b"\n")
                whole = b"".join(line + b"\n" for line in lines if self.is_note(line))
                try:
                    notes.write(whole)
                except OSError:
                    self.reported += len(lines)
                # Only now: who waits for this one's canaries takes what came before them for written.
                self.drained.update(self.seen)

    def is_note(self, line):
        """Whether a line of bpftrace is a note of the command's. Canaries and losses are taken out of them."""
        words = line.split(b" ", 8)
        if len(words) < 6:
            lost = re.match(rb"Lost (\d+) events", line)
            self.reported += int(lost.group(1)) if lost else 0
            return False
        pid = int(words[2], 16)
        if words[5] in (FIRST, LAST):
            if words[4] == b">":
                number = int(words[7], 16)
                self.costing = number == self.cookie + 1
                if number == self.cookie:
                    self.own_pid = pid
                    if words[5] == FIRST:
                        self.began = True
                    else:
                        self.seen[int(words[6], 16)] = int(words[0], 16)
            return self.costing and pid == self.own_pid
        if self.all_pids() or self.is_ours(pid):
            return True
        self.foreign += 1
        return False

    def all_pids(self):
        return self.own_pid != os.getpid()

    def is_ours(self, pid):
        """Whether a process comes from the command. One that is gone already is taken for ours: rather too much than too little."""
        known = self.ours.get(pid)
        if known is None:
            try:
                with open("/proc/%d/stat" % pid, encoding="utf-8", errors="replace") as file:
                    parent = int(file.read().rpartition(")")[2].split()[1])
            except (OSError, ValueError, IndexError):
                parent = None
            known = True if parent is None else parent > 1 and self.is_ours(parent)
            self.ours[pid] = known
        return known

    def notes(self):
        self.drain()
        if self.process.poll() is not None:
            self.broken = self.said()
        self.kill()
        return [self.path]

    def drain(self):
        """Waits until what every processor has noted so far is here: each one's lines come in order, so a late one tells."""
        allowed = os.sched_getaffinity(0)
        since = time.monotonic_ns()
        end = time.monotonic() + 120
        waiting = set(range(os.cpu_count() or 1))
        while waiting and self.process.poll() is None and time.monotonic() < end:
            for processor in sorted(waiting):
                try:
                    os.sched_setaffinity(0, {processor})
                except OSError:
                    waiting.discard(processor)
                    continue
                self.functions[1](self.cookie)
            time.sleep(0.05)
            waiting = {processor for processor in waiting if self.drained.get(processor, 0) < since}
        os.sched_setaffinity(0, allowed)

    def kill(self):
        # Killed, not asked: bpftrace removes its probes one by one, a tenth of a second each, and the kernel does so by itself.
        if self.process.poll() is None:
            self.process.kill()
        shutil.rmtree(self.links, ignore_errors=True)

    def lost(self, assembler):
        return max(assembler.gaps + assembler.restarts, self.reported) + (1 if self.broken else 0)

    def cost(self, assembler):
        return cost(assembler.durations, assembler.spacings, self.empty_ns)

    def remarks(self):
        if self.broken:
            yield "bpftrace ended before the command:\n" + self.broken
        if self.foreign:
            yield "%d notes of other programs' calls are left out" % self.foreign
        if self.all_pids():
            yield "in this container processes have other numbers than bpftrace sees: the trace has them as the host counts, of all programs"


def kernel_probes():
    """The kernel functions that can be probed here. Refuses where system calls cannot be seen."""
    for folder in ("/sys/kernel/tracing", "/sys/kernel/debug/tracing"):
        if os.path.exists(os.path.join(folder, "events/syscalls/sys_enter_ioctl/format")):
            break
    else:
        raise Refusal(
            "--kernel: this kernel offers no tracepoints of system calls (events/syscalls below /sys/kernel/tracing: "
            "CONFIG_FTRACE_SYSCALLS, and tracefs mounted); leave --kernel out"
        )
    try:
        with open(os.path.join(folder, "available_filter_functions"), encoding="ascii", errors="replace") as file:
            known = {line.split()[0] for line in file}
    except OSError:
        known = set()
    return tuple(name for name in KERNEL_FUNCTIONS if name in known)

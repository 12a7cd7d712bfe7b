# Calls out of notes: pairs beginnings with ends, thread by thread, and says in the words of warplab's JSON lines what each call was.
# Knows nothing of where notes come from, probes or a preloaded library.
import collections
import errno
import json

from entry_points import DIRECTIONS
from probes import CALIBRATION, FIRST_HOOK, SYSTEM_CALLS

# Names of CUresult, as the driver API's reference lists them; others are written as numbers.
RESULTS = {
    1: "INVALID_VALUE", 2: "OUT_OF_MEMORY", 3: "NOT_INITIALIZED", 4: "DEINITIALIZED", 34: "STUB_LIBRARY", 46: "DEVICE_UNAVAILABLE",
    100: "NO_DEVICE", 101: "INVALID_DEVICE", 200: "INVALID_IMAGE", 201: "INVALID_CONTEXT", 209: "NO_BINARY_FOR_GPU",
    214: "ECC_UNCORRECTABLE", 217: "PEER_ACCESS_UNSUPPORTED", 218: "INVALID_PTX", 222: "UNSUPPORTED_PTX_VERSION",
    300: "INVALID_SOURCE", 301: "FILE_NOT_FOUND", 304: "OPERATING_SYSTEM", 400: "INVALID_HANDLE", 401: "ILLEGAL_STATE",
    500: "NOT_FOUND", 600: "NOT_READY", 700: "ILLEGAL_ADDRESS", 701: "LAUNCH_OUT_OF_RESOURCES", 702: "LAUNCH_TIMEOUT",
    704: "PEER_ACCESS_ALREADY_ENABLED", 708: "PRIMARY_CONTEXT_ACTIVE", 709: "CONTEXT_IS_DESTROYED", 710: "ASSERT",
    712: "HOST_MEMORY_ALREADY_REGISTERED", 713: "HOST_MEMORY_NOT_REGISTERED", 716: "MISALIGNED_ADDRESS", 719: "LAUNCH_FAILED",
    800: "NOT_PERMITTED", 801: "NOT_SUPPORTED", 802: "SYSTEM_NOT_READY", 803: "SYSTEM_DRIVER_MISMATCH",
    900: "STREAM_CAPTURE_UNSUPPORTED", 901: "STREAM_CAPTURE_INVALIDATED", 906: "STREAM_CAPTURE_IMPLICIT", 908: "STREAM_CAPTURE_WRONG_THREAD",
    999: "UNKNOWN",
}  # fmt: skip
SMALL = ("device", "count", "attribute")
MEMORY_KINDS = {1: "host", 2: "device", 3: "device"}
# What the device does for a call, which is then found by `corr`.
WORK = ("kernel", "transfer")


def unescaped(text):
    """A text of a note: %XX stands for a byte, a % at the end for what was too long to be noted."""
    if "%" not in text:
        return text
    parts = text.split("%")
    cut = parts[-1] == "" and len(parts) > 1
    if cut:
        parts.pop()
    whole = parts[0]
    for part in parts[1:]:
        whole += chr(int(part[:2], 16)) + part[2:]
    return whole + ("…" if cut else "")


CALIBRATIONS = 200


class Call:
    __slots__ = ("number", "id", "ts", "words", "name")

    def __init__(self, number, identity, ts, words, name=None):
        self.number, self.id, self.ts, self.words, self.name = number, identity, ts, words, name


class Process:
    """What the handles of a process stand for."""

    def __init__(self):
        self.kernels = {}
        self.streams = {}
        self.events = {}
        # 0 is the default stream, whichever way it is named.
        self.next_stream = 1
        self.next_event = 1

    def stream(self, handle, tid, per_thread):
        if handle == 2 or (handle == 0 and per_thread):
            handle = ("thread", tid)
        elif handle in (0, 1):
            return 0
        if handle not in self.streams:
            self.streams[handle] = self.next_stream
            self.next_stream += 1
        return self.streams[handle]

    def event(self, handle):
        if handle not in self.events:
            self.events[handle] = self.next_event
            self.next_event += 1
        return self.events[handle]


class Assembler:
    """Takes notes in the order of their times and gives lines to `write(ts, id, text)` as calls end."""

    def __init__(self, table, write, text=unescaped, kernel_functions=()):
        self.table = table
        self.write = write
        # What a name of the driver's is, as whoever noted it spells names.
        self.text = text
        self.hooks = dict(SYSTEM_CALLS)
        self.hooks.update((FIRST_HOOK + index, name) for index, name in enumerate(kernel_functions))
        self.processes = {}
        self.threads = {}
        self.ranges = {}
        self.sequences = {}
        self.next_id = 1
        self.events = 0
        self.calls = 0
        self.unreturned = 0
        self.gaps = 0
        self.restarts = 0
        self.orphans = 0
        self.unread = 0
        # Nanoseconds that the last calls of nothing lasted, and from one's beginning to the next one's. The last: waiting for
        # probes to be placed is done by such calls too, few and far between.
        self.durations = collections.deque(maxlen=CALIBRATIONS)
        self.spacings = collections.deque(maxlen=CALIBRATIONS)
        self.canary = {}

    def note(self, line):
        """A note as spool.h and warplab.bt write them. One that cannot be read is counted."""
        try:
            head, quote, text = line.partition('"')
            words = head.split()
            ts, sequence, pid, tid = (int(word, 16) for word in words[:4])
            kind = words[4]
            if kind in "{}":
                self.range(ts, pid, tid, kind, words[5:], unescaped(text.rstrip("\n")))
                return
            number, *values = (int(word, 16) for word in words[5:])
        except (ValueError, IndexError):
            self.unread += 1
            return
        if number == CALIBRATION:
            self.calibration(ts, (pid, tid), kind)
            return
        if number not in self.hooks and number >= len(self.table):
            self.unread += 1
            return
        self.follow((pid, tid), sequence)
        stack = self.threads.setdefault((pid, tid), [])
        if kind == ">":
            stack.append(Call(number, self.new_id(), ts, values))
        elif any(call.number == number for call in stack):
            # What was called inside and has not returned never will: an exception or a jump left it.
            while stack[-1].number != number:
                self.put(stack.pop(), pid, tid, None, [], None)
            self.put(stack.pop(), pid, tid, ts, values, self.text(text.rstrip("\n")) if quote else None)
        else:
            self.orphans += 1

    def finish(self):
        """Writes what has begun and not ended."""
        for threads in (self.threads, self.ranges):
            for (pid, tid), stack in threads.items():
                for call in stack:
                    self.put(call, pid, tid, None, [], None)

    def new_id(self):
        self.next_id += 1
        return self.next_id - 1

    def follow(self, thread, sequence):
        last = self.sequences.get(thread)
        if last is not None and sequence <= last:
            self.restarts += 1
        else:
            self.gaps += sequence - (last or 0) - 1
        self.sequences[thread] = sequence

    def calibration(self, ts, thread, kind):
        last = self.canary.get(thread)
        if kind == ">":
            if last is not None:
                self.spacings.append(ts - last)
            self.canary[thread] = ts
        elif last is not None:
            self.durations.append(ts - last)

    def range(self, ts, pid, tid, kind, words, text):
        stack = self.ranges.setdefault((pid, tid), [])
        if kind == "{":
            stack.append(Call(None, self.new_id(), ts, words, text))
        elif stack:
            self.put(stack.pop(), pid, tid, ts, [], None)
        else:
            self.orphans += 1

    def put(self, call, pid, tid, end, returned, text):
        self.events += 1
        line = {"ts": call.ts, "pid": pid, "tid": tid, "ph": "B" if end is None else "X", "id": call.id}
        if end is None:
            self.unreturned += 1
        if call.number is None:
            described = (call.name, "other", {}, {"range": call.words[0] if call.words else "nvtx"})
        elif call.number in self.hooks:
            described = self.hook(call, returned)
        else:
            self.calls += 1
            described = self.driver_call(call, pid, tid, end is not None, returned, text)
        line["name"], line["cat"], more, arguments = described
        if end is not None:
            line["dur"] = end - call.ts
        line.update(more)
        if arguments:
            line["args"] = arguments
        self.write(call.ts, call.id, json.dumps(line, separators=(",", ":")))

    def hook(self, call, returned):
        name = self.hooks[call.number]
        if call.number not in SYSTEM_CALLS:
            return name, "other", {}, {"hook": "kernel"}
        arguments = {"hook": "syscall"}
        names = {"ioctl": ("fd", "request"), "mmap": ("fd", "bytes"), "poll": ("count",)}[name]
        for field, value in zip(names, call.words):
            arguments[field] = hex(value) if field == "request" else value
        if returned:
            # A system call says what went wrong by a negative number.
            error = (1 << 64) - returned[0]
            arguments["status"] = errno.errorcode.get(error, "error %d" % error) if error < 4096 else "ok"
        return name, "other", {}, arguments

    def driver_call(self, call, pid, tid, ended, returned, text):
        entry = self.table[call.number]
        process = self.processes.setdefault(pid, Process())
        values = call.words[: entry.arguments]
        structure = call.words[entry.arguments :]
        status = returned[0] if returned else None
        out = dict(zip(("out", "out2"), returned[1:])) if status == 0 else {}
        more, arguments = {}, {}
        if ended and status == 0 and entry.category in WORK and entry.name[:16] != "cuLaunchHostFunc":
            more["corr"] = call.id

        def value(word):
            if word.startswith("out"):
                return out.get(word)
            return int(word[1:]) if word.startswith("#") else values[int(word)]

        for field, word in entry.fields:
            if field == "direction":
                arguments[field] = DIRECTIONS[word]
            elif field == "copy":
                arguments.update(copied(structure))
            elif field == "config":
                if len(structure) == 8:
                    arguments.update(launched(structure[:7]))
                    more["stream"] = process.stream(structure[7], tid, entry.per_thread)
            elif field == "bytes":
                factors = [value(factor) for factor in word.split("*")]
                if None not in factors:
                    arguments["bytes"] = product(factors)
            elif word == "text":
                if text is not None:
                    arguments[field] = text
                    if field == "kernel" and "out" in out:
                        process.kernels[out["out"]] = text
            elif field == "grid":
                first = int(word)
                arguments.update(launched(values[first : first + 7]))
            elif field in ("block", "shared"):
                pass  # a launch's, which `grid` has read
            elif field == "same":
                name = process.kernels.get(value(word))
                if name is not None and "out" in out:
                    process.kernels[out["out"]] = arguments["kernel"] = name
            else:
                found = value(word)
                if found is None:
                    continue
                if field == "stream":
                    more["stream"] = process.stream(found, tid, entry.per_thread)
                elif field == "event":
                    arguments["event"] = process.event(found)
                elif field in SMALL:
                    arguments[field] = found & 0xFFFFFFFF
                elif field in ("free", "total"):
                    arguments[field] = found
                elif field == "function" and found in process.kernels:
                    arguments["kernel"] = process.kernels[found]
                else:
                    arguments[field] = hex(found)
        # A handle may come again for another stream or event, its number not.
        if status == 0 and entry.name == "cuStreamDestroy_v2":
            process.streams.pop(values[0], None)
        elif status == 0 and entry.name == "cuEventDestroy_v2":
            process.events.pop(values[0], None)
        if status is not None:
            arguments["status"] = "ok" if status == 0 else result_name(status)
        return entry.name, entry.category, more, arguments


def launched(words):
    words = [word & 0xFFFFFFFF for word in words]
    return {"grid": words[:3], "block": words[3:6], "shared": words[6]}


def copied(words):
    if len(words) < 4:
        return {}
    found = {"bytes": product(words[2:])}
    source, target = (MEMORY_KINDS.get(word & 0xFFFFFFFF) for word in words[:2])
    if source and target:
        found["direction"] = source + " to " + target
    return found


def product(numbers):
    result = 1
    for number in numbers:
        result *= number
    return result


def result_name(status):
    return "CUDA_ERROR_" + RESULTS[status] if status in RESULTS else "CUresult %d" % status

# Runs a command with a tracer and writes its CUDA driver calls as JSON lines: what run_trace.sh starts.
import argparse
import datetime
import errno
import glob
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile

from calls import Assembler
from entry_points import read_table
from observers import Bpftrace, Preload, Refusal

HELP = """Records the CUDA driver calls of a command as JSON lines, which `warplab trace FILE` reads and jq counts.
By default with bpftrace, as root: the program and what it starts run as they are. With --preload through a library
that stands before the driver: no root, a C compiler instead, and a call costs a hundredth of what a probe does."""


def main(words):
    parser = argparse.ArgumentParser(
        prog="run_trace.sh", description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="run_trace.sh [--preload] [--kernel] [--out FILE] COMMAND...",
        epilog="Exit status: the command's; 1 if it was 0 and calls were lost; 2 if nothing could be recorded.",
    )  # fmt: skip
    parser.add_argument("--preload", action="store_true", help="a preloaded library in place of bpftrace")
    parser.add_argument("--kernel", action="store_true", help="system calls on the driver's devices and its kernel functions too")
    parser.add_argument("--out", metavar="FILE", help="the trace; traces/trace_<date>.jsonl unless given")
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="COMMAND...")
    options = parser.parse_args(words)
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        parser.error("there is no COMMAND to record")
    if options.preload and options.kernel:
        parser.error("--kernel is bpftrace's: a preloaded library sees nothing of the kernel; leave out one of the two")
    if shutil.which(command[0]) is None:
        raise Refusal("%s is not found, or cannot be run" % command[0])
    out = os.path.abspath(options.out or datetime.datetime.now().strftime("traces/trace_%Y-%m-%d_%H-%M-%S.jsonl"))
    if os.path.exists(out):
        raise Refusal("%s is there already: remove it, or name another file with --out" % out)
    place = os.path.dirname(out)
    made = not os.path.isdir(place)
    try:
        os.makedirs(place, exist_ok=True)
        folder = tempfile.mkdtemp(prefix=".warplab-trace-", dir=place)
    except OSError as error:
        raise Refusal("the trace cannot be written to %s: %s" % (place, error.strerror))
    table = read_table()
    try:
        observer = Preload(folder) if options.preload else Bpftrace(folder, table, options.kernel)
        return record(observer, command, out, folder, table)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if made and not os.listdir(place):
            os.rmdir(place)


def record(observer, command, out, folder, table):
    started = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    ranges = os.path.join(folder, "ranges")
    environment = dict(os.environ, WARPLAB_RANGES=ranges, **observer.environment())
    status = run(command, environment)
    notes = observer.notes() + ([ranges] if os.path.exists(ranges) else [])
    header = {
        "format": "warplab-trace", "version": 1, "clock": "CLOCK_MONOTONIC", "device": device(), "host": platform.node(),
        "source": observer.source, "command": command, "started": started, "status": status,
    }  # fmt: skip
    try:
        seen = write(notes, header, observer, out, folder, table)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        say("the disk is full: %s has only a part of the trace, though its first line counts all events" % out)
        return status or 1
    others = seen.events - seen.calls
    say("%s and %s in %s" % (counted(seen.calls, "call"), counted(others, "other event"), out))
    for remark in remarks(seen, header, observer):
        say(remark)
    return status or (1 if header["lost"] else 0)


def run(command, environment):
    """Runs the command and gives its exit status; what would end this recorder ends the command."""
    process = None

    def passed_on(number, _frame):
        if process is not None:
            process.send_signal(number)

    # A terminal sends its interrupt to the command too.
    signal.signal(signal.SIGINT, lambda *_: None)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, passed_on)
    process = subprocess.Popen(command, env=environment)
    status = process.wait()
    return 128 - status if status < 0 else status


def write(notes, header, observer, out, folder, table):
    """Sorts the notes by time, makes calls of them, and writes those in the order in which they began."""
    # By the program sort: a trace may be larger than memory.
    c = dict(os.environ, LC_ALL="C", TMPDIR=folder)
    in_order = subprocess.Popen(["sort", "--", *notes] if notes else ["true"], stdout=subprocess.PIPE, env=c)
    sorting = subprocess.Popen(["sort"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=c)
    assembler = Assembler(
        table,
        lambda ts, identity, text: sorting.stdin.write(b"%016x%012x\t%s\n" % (ts, identity, text.encode())),
        observer.text,
        observer.kernel_functions,
    )
    for line in in_order.stdout:
        assembler.note(line.decode("utf-8", "backslashreplace"))
    assembler.finish()
    sorting.stdin.close()
    lost = observer.lost(assembler)
    header.update(events=assembler.events, calls=assembler.calls, lost=lost, **observer.cost(assembler))
    with open(out, "xb") as file:
        file.write(json.dumps(header, separators=(",", ":")).encode() + b"\n")
        for line in sorting.stdout:
            file.write(line.partition(b"\t")[2])
    if in_order.wait() != 0 or sorting.wait() != 0:
        raise OSError(errno.ENOSPC, "sort could not write its temporary files")
    return assembler


def remarks(seen, header, observer):
    if seen.calls == 0 and not header["lost"]:
        yield observer.nothing_seen
    if seen.unreturned:
        yield "%s never returned (B without E)" % counted(seen.unreturned, "call")
    if header["lost"]:
        yield "LOST: %s of calls could not be kept. %s" % (counted(header["lost"], "note"), observer.against_loss)
    if seen.unread:
        yield "%s could not be read" % counted(seen.unread, "note")
    yield from observer.remarks()
    if "probe_call_ns" in header:
        yield "a traced call costs %d ns, of which its duration has %d ns" % (header["probe_call_ns"], header["probe_duration_ns"])


def counted(number, what):
    return "%s %s%s" % (format(number, ","), what, "" if number == 1 else "s")


def device():
    """The model of the first GPU, as its kernel module says it."""
    for path in sorted(glob.glob("/proc/driver/nvidia/gpus/*/information")):
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                if line.startswith("Model:"):
                    return line.partition(":")[2].strip()
    return "unknown"


def say(text):
    print("run_trace.sh: " + text, file=sys.stderr)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Refusal as refusal:
        say(str(refusal))
        sys.exit(2)

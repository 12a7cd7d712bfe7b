# The bpftrace program for one machine: warplab.bt filled in for the entry points that its libcuda has, and where that library is.
# Knows nothing of how bpftrace is run.
import glob
import os
import platform
import struct
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))

# Two functions of the C library that hardly any program calls: the first and the last that get probes. Calling them says when all
# probes are in place, what a probe costs, and, at the end, that no line is left in a buffer. Each takes a number, by which a recorder
# knows its own calls from those of another one.
CANARIES = ("llabs", "ffsll")
FIRST_CANARY, CALIBRATION = 0xFFFE, 0xFFFF

# Kernel functions of NVIDIA's open and closed modules: what a machine has of them is probed with --kernel.
KERNEL_FUNCTIONS = (
    "nvidia_ioctl", "nvidia_unlocked_ioctl", "nvidia_mmap", "nvidia_poll", "nvidia_open", "nvidia_close", "nvidia_isr",
    "nv_schedule_work", "nv_mem_alloc", "nv_alloc_pages", "nv_free_pages", "uvm_unlocked_ioctl_entry", "uvm_mmap",
)  # fmt: skip
FIRST_HOOK = 0xFF00
SYSTEM_CALLS = {0xFFF0: "ioctl", 0xFFF1: "mmap", 0xFFF2: "poll"}
# Arguments that are passed in registers: by the x86-64 convention of System V, or that of 64-bit Arm. The rest lie on the stack.
REGISTERS = 8 if platform.machine() in ("aarch64", "arm64") else 6
# Where the structures of copies and launches have what calls say, in bytes from their beginning: as in preload.c.
COPY_FIELDS = {
    "COPY2D": ("uint32", (16, 72), "uint64", (112, 120)),
    "COPY3D": ("uint32", (32, 120), "uint64", (176, 184, 192)),
    "CONFIG": ("uint32", (0, 4, 8, 12, 16, 20, 24), "uint64", (32,)),
}


def program(library, table, kernel_functions=None):
    """The text for bpftrace. `kernel_functions`: those to probe beside system calls, or None for neither."""
    parts = template()
    text = [parts["begin"], canary(parts, CANARIES[0], FIRST_CANARY)]
    exported = symbols(library)
    seen = set()
    for entry in table:
        address = exported.get(entry.name)
        # Two names of one function would report each call twice.
        if address is None or address in seen:
            continue
        seen.add(address)
        text += [enter(parts, library, entry), leave(parts, library, entry)]
    if not seen:
        raise LookupError(library + " has none of the driver's entry points")
    if kernel_functions is not None:
        text.append(parts["system calls"])
        for number, name in enumerate(kernel_functions):
            text.append(filled(parts["kernel function"], NAME=name, NUMBER="%x" % (FIRST_HOOK + number)))
    text += [canary(parts, CANARIES[1], CALIBRATION), parts["end"]]
    return "\n".join(text)


def template():
    parts, name = {}, None
    with open(os.path.join(HERE, "warplab.bt"), encoding="ascii") as file:
        for line in file:
            if line.startswith("//# "):
                name = line[4:].strip()
                parts[name] = ""
            elif name is not None:
                parts[name] += line
    return parts


def filled(text, **values):
    # Longer names first: VALUES is no VALUE with an S.
    for name in sorted(values, key=len, reverse=True):
        text = text.replace(name, values[name])
    return text


def enter(parts, library, entry):
    values = [argument(index) for index in range(entry.arguments)]
    if entry.structure:
        small, offsets, large, more = COPY_FIELDS[entry.structure]
        values += ["*(%s *)(arg0 + %d)" % (small, offset) for offset in offsets]
        values += ["*(%s *)(arg0 + %d)" % (large, offset) for offset in more]
    keep = "".join("\n  @%s[tid, %d] = arg%d;" % (name, entry.number, index) for name, index in kept(entry))
    return filled(
        parts["enter"], LIBRARY=library, NAME=entry.name, NUMBER="%x" % entry.number, KEEP=keep,
        FORMAT=" %llx" * len(values), VALUES="".join(", " + value for value in values),
    )  # fmt: skip


def argument(index):
    return "arg%d" % index if index < REGISTERS else "sarg%d" % (index - REGISTERS)


def leave(parts, library, entry):
    places = ["@%s[tid, %d]" % (name, entry.number) for name, _ in kept(entry)]
    words = places[: entry.out]
    form = " %llx" * len(words) + (' \\"%s' if entry.text else "")
    values = "".join(", *(uint64 *)" + place for place in words)
    values += ", str(%s)" % places[-1] if entry.text else ""
    return filled(
        parts["leave"], LIBRARY=library, NAME=entry.name, NUMBER="%x" % entry.number, FORMAT=form, VALUES=values,
        FORGET="".join("\n  delete(%s);" % place for place in places),
    )  # fmt: skip


def kept(entry):
    places = [("out", 0), ("second", 1)][: entry.out]
    return places + ([("text", entry.text)] if entry.text else [])


def canary(parts, name, number):
    library = c_library()
    # With as many words as a launch has: the cost of a probe is that of the largest.
    words = ", cpu" + "".join(", " + argument(index) for index in range(11))
    there = filled(
        parts["enter"], LIBRARY=library, NAME=name, NUMBER="%x" % number, KEEP="", FORMAT=" %x" + " %llx" * 11, VALUES=words
    )  # fmt: skip
    back = filled(parts["leave"], LIBRARY=library, NAME=name, NUMBER="%x" % number, FORMAT="", VALUES="", FORGET="")
    return there + back


def c_library():
    """The C library of this process, which calls the canaries."""
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
        for line in maps:
            path = line.split(None, 5)[-1].strip()
            if os.path.basename(path).startswith(("libc.so", "libc-2")):
                return path
    raise LookupError("the C library of this Python cannot be found in /proc/self/maps")


def find_libcuda():
    """Where programs find libcuda.so.1, or None: WARPLAB_LIBCUDA, LD_LIBRARY_PATH, the linker's cache, the usual folders."""
    named = os.environ.get("WARPLAB_LIBCUDA")
    if named:
        return os.path.realpath(named) if os.path.exists(named) else None
    folders = [folder for folder in os.environ.get("LD_LIBRARY_PATH", "").split(":") if folder]
    for folder in folders:
        if os.path.exists(os.path.join(folder, "libcuda.so.1")):
            return os.path.realpath(os.path.join(folder, "libcuda.so.1"))
    for tool in ("ldconfig", "/sbin/ldconfig", "/usr/sbin/ldconfig"):
        try:
            cache = subprocess.run([tool, "-p"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
        except OSError:
            continue
        for line in cache.splitlines():
            if line.strip().startswith("libcuda.so.1 ") and "=> " in line:
                path = line.split("=> ")[1].strip()
                if os.path.exists(path) and bits(path) == struct.calcsize("P") * 8:
                    return os.path.realpath(path)
        break
    for pattern in ("/usr/lib/*-linux-gnu", "/usr/lib64", "/usr/local/nvidia/lib64", "/usr/lib/wsl/lib", "/run/opengl-driver/lib"):
        for path in sorted(glob.glob(os.path.join(pattern, "libcuda.so.1"))):
            return os.path.realpath(path)
    return None


def bits(path):
    with open(path, "rb") as file:
        return {1: 32, 2: 64}.get(file.read(5)[4])


def symbols(path):
    """The functions that a 64-bit ELF library exports, with their addresses."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:4] != b"\x7fELF" or data[4] != 2:
        raise LookupError(path + " is no 64-bit ELF library")
    (sections,) = struct.unpack_from("<Q", data, 0x28)
    size, count = struct.unpack_from("<HH", data, 0x3A)
    headers = [struct.unpack_from("<IIQQQQIIQQ", data, sections + size * index) for index in range(count)]
    found = {}
    for _, kind, _, _, offset, length, link, _, _, step in headers:
        if kind != 11:  # SHT_DYNSYM
            continue
        strings = headers[link][4]
        for at in range(offset, offset + length, step):
            name, info, _, section, value, _ = struct.unpack_from("<IBBHQQ", data, at)
            if info & 15 in (2, 10) and section != 0 and value != 0:  # a function that is defined here
                text = data[strings + name : data.index(b"\0", strings + name)].decode("ascii", "replace")
                found[text.split("@")[0]] = value
    return found

# The table of entry points, read from entry_points.def. Knows nothing of how calls are observed.
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
DIRECTIONS = {
    "H2D": "host to device",
    "D2H": "device to host",
    "D2D": "device to device",
    "P2P": "peer to peer",
    "SET": "memset",
}
LINE = re.compile(r'^CALL(_PTSZ|_PTDS)?\((\w+), (\d+), (\w+), "([^"]*)"\)$')


class EntryPoint:
    """One entry point: `reads` and `meaning` are as the table has them, `per_thread` says whose default stream is its thread's."""

    def __init__(self, number, name, arguments, reads, meaning, per_thread):
        self.number = number
        self.name = name
        self.arguments = arguments
        self.out = {"OUT": 1, "OUT_TEXT1": 1, "OUT_TEXT2": 1, "OUT2": 2}.get(reads, 0)
        self.text = {"OUT_TEXT1": 1, "OUT_TEXT2": 2}.get(reads)
        self.structure = reads if reads in ("COPY2D", "COPY3D", "CONFIG") else None
        self.fields = [part.partition("=")[::2] for part in meaning.split()]
        self.per_thread = per_thread
        self.category = category(name)


def read_table():
    """All entry points, numbered as the preloaded library numbers them."""
    found = []
    with open(os.path.join(HERE, "entry_points.def"), encoding="ascii") as file:
        for line in file:
            match = LINE.match(line.strip())
            if match is None:
                if line.startswith("CALL"):
                    raise ValueError("entry_points.def: " + line)
                continue
            suffix, name, arguments, reads, meaning = match.groups()
            for variant in ("", suffix.lower()) if suffix else ("",):
                found.append(EntryPoint(len(found), name + variant, int(arguments), reads, meaning, bool(variant)))
    return found


# The same rules as warplab's `driverCallCategory`, which a test compares: what waits is synchronisation.
RULES = [
    (re.compile(r"Synchronize(_v\d)?(_ptsz)?$"), "sync"),
    (re.compile(r"^cuMemcpy|^cuMemset"), "transfer"),
    (re.compile(r"^cu(Mem|Pointer|Ipc|Malloc|Free|Host(Alloc|Free|Register|Unregister|Get|Malloc))"), "memory"),
    (re.compile(r"^cu(Graph|Module|Ext)?Launch"), "kernel"),
    (re.compile(r"^cu(Ctx|DevicePrimaryCtx|Device(Reset|EnablePeerAccess|DisablePeerAccess))"), "context"),
    (re.compile(r"^cu(Init|Device|DriverGet|RuntimeGet|(Set|Get|Choose)(Valid)?Device)"), "init"),
    (re.compile(r"^cu(Stream|Event|ThreadExchangeStream)"), "stream"),
    (re.compile(r"^cu(Module|Library|Link|Func|Kernel|Occupancy|Register|Unregister)"), "module"),
]


def category(name):
    return next((found for pattern, found in RULES if pattern.search(name)), "other")

#!/usr/bin/env python3
"""Measures kernels on a GPU and prints the JSON that `warplab validate` reads.

Needs Python 3.8 and either PyTorch with CUDA or nothing but the NVIDIA driver (libcuda, through ctypes). Every result is compared
with a reference before it is timed; inputs are random and never zero. Progress and what is skipped go to standard error.
"""
import argparse
import ctypes
import datetime
import json
import math
import os
import platform
import random
import statistics
import struct
import subprocess
import sys

# What warplab wrote when it exported this file.
PLAN = {"hardware_key": "", "cases": [], "warplab": ""}
# Kernels as PTX, for the driver's path: {"gemm_fp16": {"compute_capability": 8.0, "ptx": "..."}}.
MODULES = {}

BYTES = {"FP64": 8, "FP32": 4, "TF32": 4, "FP16": 2, "BF16": 2, "FP8_E4M3": 1, "INT8": 1}
LAUNCHES_IN_A_GRAPH = 10
SEED = 20240611


class Skip(Exception):
    """Why a case cannot be measured here."""


class Wrong(Exception):
    """How a result differs from its reference: its time would say nothing."""


class Failed(Exception):
    """Why nothing can be measured at all."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def elements(case):
    """Elements that are read and written when everything is moved once, and operations."""
    kernel, shape = case["kernel_type"], case["shape"]
    if kernel == "gemv":
        n, k = shape
        return n * k + k + n, 2 * n * k
    if kernel == "gemm":
        m, n, k = shape
        return m * k + k * n + m * n, 2 * m * n * k
    if kernel == "copy":
        return 2 * shape[0], 0
    batch, heads, kv_heads, head_dim, q_len, kv_len, causal = shape[:7]
    moved = batch * head_dim * (2 * heads * q_len + 2 * kv_heads * kv_len)
    # The rows of a causal mask that are at the end of the keys: query i sees kv_len - q_len + i + 1 of them.
    pairs = q_len * kv_len - (q_len * (q_len - 1) // 2 if causal else 0)
    return moved, 4 * batch * heads * head_dim * pairs


def named(case):
    return "%s %s %s" % (case["kernel_type"], "x".join(str(extent) for extent in case["shape"]), case["precision"])


# ---- The driver alone ------------------------------------------------------------------------------------------------------


class Driver:
    """libcuda through ctypes, with the calls that are needed here."""

    SUCCESS, OUT_OF_MEMORY = 0, 2

    def __init__(self, path):
        try:
            self.library = ctypes.CDLL(path)
        except OSError as error:
            raise Failed("the NVIDIA driver's library %s cannot be loaded: %s" % (path, error))
        self.call("cuInit", 0)
        self.ordinal = ctypes.c_int()
        self.call("cuDeviceGet", ctypes.byref(self.ordinal), 0)
        context = ctypes.c_void_p()
        self.call("cuDevicePrimaryCtxRetain", ctypes.byref(context), self.ordinal)
        self.call("cuCtxSetCurrent", context)
        self.stream = ctypes.c_void_p()
        self.call("cuStreamCreate", ctypes.byref(self.stream), 1)

    def call(self, name, *arguments):
        function = getattr(self.library, name, None)
        if function is None:
            raise Failed("the driver has no %s: it is too old" % name)
        status = function(*arguments)
        if status == self.OUT_OF_MEMORY:
            raise Skip("the device's memory does not hold it")
        if status != self.SUCCESS:
            text = ctypes.c_char_p()
            self.library.cuGetErrorName(status, ctypes.byref(text))
            raise Failed("%s: %s" % (name, (text.value or b"error %d" % status).decode()))

    def attribute(self, number):
        value = ctypes.c_int()
        self.call("cuDeviceGetAttribute", ctypes.byref(value), number, self.ordinal)
        return value.value

    def allocate(self, sizes):
        """Memory of these sizes, all of it or none."""
        pointers = []
        try:
            for size in sizes:
                pointer = ctypes.c_uint64()
                self.call("cuMemAlloc_v2", ctypes.byref(pointer), ctypes.c_size_t(size))
                pointers.append(pointer)
        except Skip:
            self.free(pointers)
            raise
        return pointers

    def free(self, pointers):
        for pointer in pointers:
            self.call("cuMemFree_v2", pointer)

    def upload(self, pointer, data):
        self.call("cuMemcpyHtoD_v2", pointer, data, ctypes.c_size_t(len(data)))

    def download(self, pointer, offset, size):
        data = ctypes.create_string_buffer(size)
        self.call("cuMemcpyDtoH_v2", data, ctypes.c_uint64(pointer.value + offset), ctypes.c_size_t(size))
        return data.raw

    def event(self):
        event = ctypes.c_void_p()
        self.call("cuEventCreate", ctypes.byref(event), 0)
        return event


def decode_e4m3(code):
    sign = -1.0 if code & 0x80 else 1.0
    exponent, mantissa = code >> 3 & 15, code & 7
    return sign * (mantissa / 8 * 2**-6 if exponent == 0 else (1 + mantissa / 8) * 2.0 ** (exponent - 7))


class Values:
    """Random numbers in a format, none of them zero: one block of them, repeated. Its length is odd, so that rows differ."""

    COUNT = 65521

    def __init__(self, precision, seed):
        self.precision = precision
        chance = random.Random(seed)
        draw = lambda: math.copysign(chance.uniform(0.0625, 1), chance.random() - 0.5)
        if precision == "INT8":
            self.numbers = [chance.randint(1, 127) * chance.choice((-1, 1)) for _ in range(self.COUNT)]
            self.block = struct.pack("%db" % self.COUNT, *self.numbers)
        elif precision == "FP8_E4M3":
            codes = [code for code in range(256) if 0.0625 <= abs(decode_e4m3(code)) <= 1]
            self.block = bytes(chance.choices(codes, k=self.COUNT))
            self.numbers = [decode_e4m3(code) for code in self.block]
        elif precision == "BF16":
            words = [struct.unpack("<I", struct.pack("<f", draw()))[0] >> 16 for _ in range(self.COUNT)]
            self.block = struct.pack("<%dH" % self.COUNT, *words)
            self.numbers = [struct.unpack("<f", struct.pack("<I", word << 16))[0] for word in words]
        else:
            code = {"FP16": "e", "FP32": "f", "TF32": "f"}[precision]
            self.block = struct.pack("<%d%s" % (self.COUNT, code), *(draw() for _ in range(self.COUNT)))
            self.numbers = list(struct.unpack("<%d%s" % (self.COUNT, code), self.block))

    def data(self, count):
        size = count * BYTES[self.precision]
        return (self.block * (size // len(self.block) + 1))[:size]

    def row(self, first, length):
        numbers, start = self.numbers, first % self.COUNT
        return (numbers * ((start + length) // self.COUNT + 1))[start : start + length]


class DriverBackend:
    """Our own kernels, as PTX, by the driver."""

    name = "driver"

    def __init__(self):
        path = os.environ.get("WARPLAB_LIBCUDA", "libcuda.so.1")
        self.driver = driver = Driver(path)
        text = ctypes.create_string_buffer(256)
        driver.call("cuDeviceGetName", text, 256, driver.ordinal)
        version = ctypes.c_int()
        driver.call("cuDriverGetVersion", ctypes.byref(version))
        self.capability = driver.attribute(75) + driver.attribute(76) / 10
        self.sms = driver.attribute(16)
        self.l2 = driver.attribute(38)
        self.device = text.value.decode()
        self.versions = {"cuda_driver_api": "%d.%d" % (version.value // 1000, version.value % 1000 // 10)}
        self.stream = driver.stream
        self.functions = {}
        self.flushed = None

    def function(self, name):
        if name not in MODULES:
            raise Skip("this script has no kernel %s for the driver's path; PyTorch's path may" % name)
        needed = MODULES[name]["compute_capability"]
        if self.capability < needed:
            raise Skip("needs compute capability %s, this device has %s" % (needed, self.capability))
        if name not in self.functions:
            module, function = ctypes.c_void_p(), ctypes.c_void_p()
            self.driver.call("cuModuleLoadData", ctypes.byref(module), MODULES[name]["ptx"].encode() + b"\0")
            self.driver.call("cuModuleGetFunction", ctypes.byref(function), module, name.encode())
            self.functions[name] = function
        return self.functions[name]

    def prepare(self, case):
        kernel, shape, precision = case["kernel_type"], case["shape"], case["precision"]
        if kernel == "copy":
            return DriverCopy(self, shape[0] * BYTES[precision])
        if kernel not in ("gemv", "gemm"):
            raise Skip("%s is measured by PyTorch's path only" % kernel)
        if precision not in BYTES or precision == "FP64":
            raise Skip("there is no kernel for it")
        if shape[-1] * BYTES[precision] % 16 != 0:
            raise Skip("a row of K = %d is no multiple of 16 bytes" % shape[-1])
        return DriverProduct(self, kernel, shape, precision)

    def launch(self, function, grid, block, arguments):
        pointers = (ctypes.c_void_p * len(arguments))(*(ctypes.addressof(argument) for argument in arguments))
        self.driver.call("cuLaunchKernel", function, *grid, *block, 0, self.stream, pointers, None)

    def timer(self):
        begin, end, elapsed = self.driver.event(), self.driver.event(), ctypes.c_float()

        def timed(run):
            self.driver.call("cuEventRecord", begin, self.stream)
            run()
            self.driver.call("cuEventRecord", end, self.stream)
            self.driver.call("cuEventSynchronize", end)
            self.driver.call("cuEventElapsedTime", ctypes.byref(elapsed), begin, end)
            return elapsed.value * 1e-3

        return timed

    def graph(self, run):
        captured, executable = ctypes.c_void_p(), ctypes.c_void_p()
        self.driver.call("cuStreamBeginCapture_v2", self.stream, 2)
        run()
        self.driver.call("cuStreamEndCapture", self.stream, ctypes.byref(captured))
        self.driver.call("cuGraphInstantiateWithFlags", ctypes.byref(executable), captured, ctypes.c_uint64(0))
        return lambda: self.driver.call("cuGraphLaunch", executable, self.stream)

    def flush(self):
        """Fills L2 with other data."""
        size = 2 * max(self.l2, 1 << 20)
        if self.flushed is None:
            (self.flushed,) = self.driver.allocate([size])
        self.driver.call("cuMemsetD8Async", self.flushed, ctypes.c_ubyte(1), ctypes.c_size_t(size), self.stream)

    def wait(self):
        self.driver.call("cuStreamSynchronize", self.stream)


class DriverCopy:
    def __init__(self, backend, size):
        if size % 16 != 0:
            raise Skip("%d bytes are no multiple of 16" % size)
        self.backend, self.size = backend, size
        self.function = backend.function("copy_bytes")
        self.values = Values("INT8", SEED)
        self.source, self.target = backend.driver.allocate([size, size])
        backend.driver.upload(self.source, self.values.data(size))

    def run(self):
        arguments = (self.source, self.target, ctypes.c_int64(self.size // 16))
        self.backend.launch(self.function, (8 * self.backend.sms, 1, 1), (256, 1, 1), arguments)

    def verify(self):
        self.run()
        self.backend.wait()
        if self.backend.driver.download(self.target, 0, self.size) != self.values.data(self.size):
            raise Wrong("the copied bytes differ")

    def free(self):
        self.backend.driver.free((self.source, self.target))


class DriverProduct:
    """C[m, n] = A[m, k] B[n, k]; a gemv has m = 1 and calls B its weights."""

    RESULT = {"INT8": ("i", 4), "FP16": ("e", 2), "TF32": ("f", 4), "FP32": ("f", 4)}

    def __init__(self, backend, kernel, shape, precision):
        self.backend, self.kernel, self.precision = backend, kernel, precision
        self.m, self.n, self.k = ([1] + list(shape))[-3:]
        # A vector is multiplied outside the Tensor Cores, where TF32 is FP32.
        format = "fp32" if kernel == "gemv" and precision == "TF32" else precision.lower()
        self.function = backend.function("%s_%s" % (kernel, format))
        driver, size = backend.driver, BYTES[precision]
        self.a_values, self.b_values = Values(precision, SEED), Values(precision, SEED + 1)
        sizes = [self.m * self.k * size, self.n * self.k * size, self.m * self.n * 4]
        self.a, self.b, self.c = driver.allocate(sizes)
        driver.upload(self.a, self.a_values.data(self.m * self.k))
        driver.upload(self.b, self.b_values.data(self.n * self.k))

    def run(self):
        m, n, k = (ctypes.c_int(extent) for extent in (self.m, self.n, self.k))
        if self.kernel == "gemv":
            self.backend.launch(self.function, (self.n, 1, 1), (128, 1, 1), (self.b, self.a, self.c, k))
        else:
            grid = (-(-self.n // 128), -(-self.m // 128), 1)
            self.backend.launch(self.function, grid, (256, 1, 1), (self.a, self.b, self.c, m, n, k))

    def verify(self):
        """Elements of C chosen at random, and its corners, against sums in double precision."""
        self.run()
        self.backend.wait()
        chance = random.Random(SEED)
        places = [(0, 0), (self.m - 1, self.n - 1), (0, self.n - 1), (self.m - 1, 0)]
        places += [(chance.randrange(self.m), chance.randrange(self.n)) for _ in range(28)]
        for y, x in places:
            row, column = self.a_values.row(y * self.k, self.k), self.b_values.row(x * self.k, self.k)
            products = [p * q for p, q in zip(row, column)]
            exact, magnitude = math.fsum(products), math.fsum(map(abs, products))
            got = self.result(y * self.n + x)
            # A rounding of the result, one of each TF32 operand, and what sums in 32 bits lose on the way.
            allowed = 0 if self.precision == "INT8" else 2**-8 * abs(exact) + 2**-9 * magnitude / math.sqrt(self.k) + 2**-13 * magnitude
            if not abs(got - exact) <= allowed:
                raise Wrong("C[%d, %d] is %r, the reference %r" % (y, x, got, exact))

    def result(self, index):
        code, size = self.RESULT.get(self.precision, ("bf16", 2))
        data = self.backend.driver.download(self.c, index * size, size)
        if code == "bf16":
            return struct.unpack("<f", b"\0\0" + data)[0]
        return struct.unpack("<" + code, data)[0]

    def free(self):
        self.backend.driver.free((self.a, self.b, self.c))


# ---- PyTorch ---------------------------------------------------------------------------------------------------------------


class TorchBackend:
    """The vendor's libraries, as PyTorch calls them."""

    name = "torch"

    def __init__(self):
        try:
            import torch
        except ImportError as error:
            raise Failed("PyTorch cannot be imported: %s" % error)
        if not torch.cuda.is_available():
            raise Failed("PyTorch finds no GPU")
        self.torch = torch
        properties = torch.cuda.get_device_properties(0)
        self.device = properties.name
        self.capability = properties.major + properties.minor / 10
        self.l2 = getattr(properties, "L2_cache_size", 1 << 27)
        self.versions = {"torch": torch.__version__, "cuda": torch.version.cuda}
        self.stream = torch.cuda.Stream()
        torch.cuda.set_stream(self.stream)
        torch.manual_seed(SEED)
        self.flushed = None

    def prepare(self, case):
        return TorchJob(self, case)

    def random(self, shape, precision):
        torch = self.torch
        if precision == "INT8":
            magnitude = torch.randint(1, 128, shape, dtype=torch.int8, device="cuda")
            return torch.where(torch.rand(shape, device="cuda") < 0.5, magnitude, -magnitude)
        dtypes = {"FP64": "float64", "FP32": "float32", "TF32": "float32", "FP16": "float16", "BF16": "bfloat16", "FP8_E4M3": "float8_e4m3fn"}
        dtype = getattr(torch, dtypes.get(precision, ""), None)
        if dtype is None:
            raise Skip("PyTorch %s has no such type" % torch.__version__)
        uniform = torch.rand(shape, device="cuda") * 0.9375 + 0.0625
        return torch.where(torch.rand(shape, device="cuda") < 0.5, uniform, -uniform).to(dtype)

    def timer(self):
        torch = self.torch
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)

        def timed(run):
            begin.record()
            run()
            end.record()
            end.synchronize()
            return begin.elapsed_time(end) * 1e-3

        return timed

    def graph(self, run):
        graph = self.torch.cuda.CUDAGraph()
        with self.torch.cuda.graph(graph, stream=self.stream):
            run()
        return graph.replay

    def flush(self):
        if self.flushed is None:
            self.flushed = self.torch.empty(2 * max(self.l2, 1 << 20), dtype=self.torch.int8, device="cuda")
        self.flushed.fill_(1)

    def wait(self):
        self.torch.cuda.synchronize()


class TorchJob:
    def __init__(self, backend, case):
        self.backend, self.torch, self.case = backend, backend.torch, case
        kernel, shape, precision = case["kernel_type"], case["shape"], case["precision"]
        self.torch.backends.cuda.matmul.allow_tf32 = precision == "TF32"
        if precision == "FP8_E4M3" and backend.capability < 8.9:
            raise Skip("needs compute capability 8.9, this device has %s" % backend.capability)
        if precision in ("BF16", "TF32") and backend.capability < 8:
            raise Skip("needs compute capability 8.0, this device has %s" % backend.capability)
        prepare = getattr(self, "prepare_" + kernel, None)
        if prepare is None:
            raise Skip("%s is not measured by PyTorch's path" % kernel)
        prepare(shape, precision)

    def prepare_copy(self, shape, precision):
        self.source = self.backend.random((shape[0],), precision)
        self.result = self.torch.empty_like(self.source)
        self.run = lambda: self.result.copy_(self.source)
        self.reference = lambda: self.source

    def prepare_gemv(self, shape, precision):
        n, k = shape
        self.prepare_product(1, n, k, precision)

    def prepare_gemm(self, shape, precision):
        self.prepare_product(*shape, precision)

    def prepare_product(self, m, n, k, precision):
        torch = self.torch
        self.a, self.b = self.backend.random((m, k), precision), self.backend.random((n, k), precision)
        if precision == "FP8_E4M3":
            one = torch.ones((), device="cuda")
            multiply = lambda: torch._scaled_mm(self.a, self.b.t(), scale_a=one, scale_b=one, out_dtype=torch.bfloat16)
        elif precision == "INT8":
            multiply = lambda: torch._int_mm(self.a, self.b.t())
        elif m == 1:
            vector = self.a[0]
            multiply = lambda: torch.mv(self.b, vector)
        else:
            multiply = lambda: torch.matmul(self.a, self.b.t())
        try:
            multiply()
            torch.cuda.synchronize()
        except (AttributeError, NotImplementedError, RuntimeError) as error:
            raise Skip("PyTorch %s refuses: %s" % (torch.__version__, str(error).split("\n")[0]))

        def run():
            self.result = multiply()

        self.run = run
        rows = torch.randint(0, m, (min(m, 64),), device="cuda")
        columns = torch.randint(0, n, (min(n, 64),), device="cuda")
        self.sample = lambda result: result.reshape(m, n)[rows][:, columns]
        self.reference = lambda: self.a[rows].double() @ self.b[columns].double().t()

    def prepare_attention(self, shape, precision):
        torch = self.torch
        batch, heads, kv_heads, head_dim, q_len, kv_len, causal = shape[:7]
        if len(shape) > 7 and shape[7] > 0:
            raise Skip("PyTorch's attention has no window")
        if precision not in ("FP16", "BF16", "FP32"):
            raise Skip("PyTorch's attention has no %s" % precision)
        q = self.backend.random((batch, heads, q_len, head_dim), precision)
        k, v = (self.backend.random((batch, kv_heads, kv_len, head_dim), precision) for _ in range(2))
        wide = lambda tensor: tensor.repeat_interleave(heads // kv_heads, dim=1)
        attend = torch.nn.functional.scaled_dot_product_attention
        mask = None
        if causal and q_len not in (1, kv_len):
            mask = torch.ones(q_len, kv_len, dtype=torch.bool, device="cuda").tril(kv_len - q_len)
        options = {"attn_mask": mask, "is_causal": bool(causal and q_len == kv_len and q_len > 1)}
        grouped = {} if heads == kv_heads else {"enable_gqa": True}
        try:
            attend(q, k, v, **options, **grouped)
        except TypeError:
            k, v, grouped = wide(k), wide(v), {}
            say("note: this PyTorch has no grouped heads: keys and values are repeated")

        def run():
            self.result = attend(q, k, v, **options, **grouped)

        self.run = run
        some = slice(0, 1)
        double = lambda tensor: (tensor if tensor.shape[1] == heads else wide(tensor))[some, some].double()
        self.sample = lambda result: result[some, some]
        self.reference = lambda: attend(double(q), double(k), double(v), **options)

    def verify(self):
        self.run()
        self.torch.cuda.synchronize()
        sample = getattr(self, "sample", lambda result: result)
        got, wanted = sample(self.result).double(), self.reference().double()
        scale = float(wanted.abs().max())
        worst = float((got - wanted).abs().max())
        if not worst <= (0 if self.case["precision"] == "INT8" else 0.02 * scale):
            raise Wrong("off by %g where the greatest is %g" % (worst, scale))

    def free(self):
        self.__dict__.clear()


# ---- Measuring -------------------------------------------------------------------------------------------------------------


def measure(backend, job, options):
    """Seconds of one launch: [median, tenth percentile, ninetieth], each of `repeats` values."""
    timed = backend.timer()
    launches = LAUNCHES_IN_A_GRAPH if options.launch == "graph" and options.cache == "warm" else 1

    def several():
        for _ in range(launches):
            job.run()

    run = backend.graph(several) if options.launch == "graph" else several
    # Long enough for the clocks to settle.
    begin, spent = timed(run), 0.0
    while spent < options.warm_up_s:
        spent += max(timed(run), 1e-6)
    times = []
    for _ in range(options.repeats):
        if options.cache == "cold":
            backend.flush()
        times.append(timed(run) / launches)
    ordered = sorted(times)
    at = lambda share: ordered[min(len(ordered) - 1, int(share * len(ordered)))]
    return statistics.median(ordered), at(0.1), at(0.9)


def measured_case(backend, case, options):
    job = None
    try:
        job = backend.prepare(case)
        job.verify()
        return measure(backend, job, options)
    except Exception as error:
        # PyTorch has a class of its own for this, and not in every version the same.
        if "out of memory" in str(error):
            raise Skip("the device's memory does not hold it")
        raise
    finally:
        if job is not None:
            job.free()


def clocks():
    """Clocks, power limit and driver as nvidia-smi says them; what it does not say is absent."""
    fields = ["driver_version", "clocks.sm", "clocks.mem", "clocks.max.sm", "power.limit", "persistence_mode"]
    try:
        said = subprocess.run(
            ["nvidia-smi", "--id=0", "--query-gpu=" + ",".join(fields), "--format=csv,noheader"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=20, check=True,
        ).stdout.decode()
    except (OSError, subprocess.SubprocessError):
        return {}
    return dict(zip(fields, (value.strip() for value in said.split("\n")[0].split(","))))


def choose_backend(name):
    if name == "driver":
        return DriverBackend()
    try:
        return TorchBackend()
    except Failed as error:
        if name == "torch":
            raise
        say("note: %s; measuring warplab's own kernels through the driver" % error)
        return DriverBackend()


def result_of(case, times, options):
    moved, operations = elements(case)
    seconds, low, high = times
    size = moved * BYTES[case["precision"]]
    answer = {
        "kernel_type": case["kernel_type"],
        "shape": case["shape"],
        "precision": case["precision"],
        "measured_time_us": seconds * 1e6,
        "measured_bandwidth_gb_s": size / seconds / 1e9,
        "protocol": options.launch,
        "spread_us": [low * 1e6, high * 1e6],
    }
    if operations > 0:
        answer["measured_tflops"] = operations / seconds / 1e12
        answer["ai"] = operations / size
    return answer


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--backend", choices=("auto", "torch", "driver"), default="auto", help="torch where there is one, else the driver")
    parser.add_argument("--launch", choices=("graph", "eager"), default=PLAN.get("launch", "graph"), help="how kernels are launched")
    parser.add_argument("--cache", choices=("cold", "warm"), default=PLAN.get("cache", "warm"), help="cold: L2 is overwritten before each launch")
    parser.add_argument("--repeats", type=int, default=50, help="timed launches (or graphs) a case")
    parser.add_argument("--warm-up-s", type=float, default=0.2, help="seconds of warm-up a case")
    options = parser.parse_args()
    if options.repeats < 1:
        parser.error("--repeats must be at least 1")
    try:
        backend = choose_backend(options.backend)
        before = clocks()
        benchmarks, wrong = [], 0
        cases = PLAN["cases"]
        for index, case in enumerate(cases):
            place = "[%d/%d] %s" % (index + 1, len(cases), named(case))
            try:
                times = measured_case(backend, case, options)
            except Skip as reason:
                say("SKIP %s: %s (%s)" % (case["precision"], reason, named(case)))
            except Wrong as reason:
                wrong += 1
                say("%s: WRONG, not timed: %s" % (place, reason))
            else:
                benchmarks.append(result_of(case, times, options))
                say("%s: %.1f us" % (place, times[0] * 1e6))
    except Failed as error:
        say("error: %s" % error)
        return 2
    if not benchmarks:
        say("error: nothing could be measured")
        return 1
    document = {
        "hardware_key": PLAN["hardware_key"],
        "source": "Measured by the script that warplab %s exported." % PLAN["warplab"],
        "protocol": {
            "launch": options.launch,
            "cache": options.cache,
            "repeats": options.repeats,
            "statistic": "median",
            "spread": "10 % and 90 %",
            "inputs": "random, none zero",
            "verified": True,
        },
        "provenance": {
            "backend": backend.name,
            "device": backend.device,
            "compute_capability": backend.capability,
            "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "python": platform.python_version(),
            "nvidia_smi_before": before,
            "nvidia_smi_after": clocks(),
            **backend.versions,
        },
        "benchmarks": benchmarks,
    }
    print(json.dumps(document, indent=2))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

// Cards of what a cell may end with beside launches and predictions: kernels, arrays in device memory, GPUs and devices.
import { decodeElements } from "../core/elements.js";
import type { DeviceArray, PtxKernel, VirtualGPU } from "../gpu/host/index.js";
import type { Kernel } from "../gpu/language/index.js";
import type { DeviceSpec } from "../hardware/index.js";
import { type Card, cardHtml, type Figure } from "./card.js";
import { formatNumber, type Row, tableHtml } from "./table.js";

/** A kernel of the language, or one that came as PTX: its signature, and its texts folded. */
export function kernelCard(kernel: Kernel | PtxKernel): string {
  const lines = kernel.ptx.trimEnd().split("\n").length;
  const ptx = { summary: `PTX, ${formatNumber(lines)} lines`, text: kernel.ptx.trim() };
  // Its one line is `kernel saxpy(n: i32): 21 PTX instructions`.
  const [, name, signature, size] = /^kernel ([^(]+)(\(.*\)):? ?(.*)$/s.exec(String(kernel)) ?? [];
  const card: Card = {
    kind: "kernel",
    title: name ?? kernel.name,
    beside: size ?? "",
    code: `${kernel.name}${signature}`,
  };
  if (!("debug" in kernel)) return cardHtml({ ...card, folded: [ptx] });
  const { source } = kernel.debug;
  return cardHtml({ ...card, folded: [{ summary: `Source, ${source.origin}`, text: source.text }, ptx] });
}

/** The most values of an array that are written out. */
const valuesShown = 64;

/** An array in device memory: what it is and how it begins. */
export function arrayCard(array: DeviceArray): string {
  const { label, dtype, length, freed } = array;
  const bytes = length * dtype.bytes;
  const facts: Figure[] = [
    { name: "dtype", value: dtype.name, meaning: `${dtype.bytes} bytes a value.` },
    { name: "length", value: formatNumber(length, 15) },
    { name: "bytes", value: formatNumber(bytes, 15) },
    {
      name: "address",
      value: `0x${array.address.toString(16)}`,
      meaning: "Of the first value, in the device's global memory.",
    },
  ];
  const card: Card = { kind: "array", title: label, beside: freed ? "freed" : "in device memory", facts };
  if (freed || length === 0) return cardHtml(card);
  const first = decodeElements(dtype, array.contents().subarray(0, Math.min(length, valuesShown) * dtype.bytes));
  const values = Array.from(first as ArrayLike<number | bigint>, formatValue);
  const rest = length > values.length ? ` \u2026 ${formatNumber(length - values.length, 15)} more` : "";
  return cardHtml({ ...card, code: `[${values.join(", ")}${rest}]` });
}

/** A virtual GPU: its device, and the arrays in its memory as a table. */
export function gpuCard(gpu: VirtualGPU): string {
  const { device, memory } = gpu;
  const card = cardHtml({
    kind: "virtual GPU",
    title: device.name,
    beside: device.architecture,
    facts: [
      {
        name: "SMs",
        value: String(device.sms ?? ""),
        meaning: "Streaming multiprocessors: the parts that run blocks.",
      },
      { name: "memory in use", value: `${formatNumber(memory.allocatedBytes, 15)} bytes` },
      { name: "of", value: `${formatNumber(device.dram.capacity / 1e9)} GB`, meaning: `${device.dram.type}.` },
      { name: "launches", value: formatNumber(gpu.launches, 15) },
      {
        name: "cycle",
        value: formatNumber(gpu.cycle, 15),
        meaning: "The simulated time at which the host is: an estimate.",
      },
    ],
  });
  const rows = memory.global.allocations.map(
    ({ label, dtype, byteLength, base }): Row => ({
      array: label,
      dtype,
      bytes: byteLength,
      address: `0x${base.toString(16)}`,
    }),
  );
  return rows.length === 0 ? card : `${card}${tableHtml(rows, { rows: 20 })}`;
}

/** A device: every figure with where it comes from, and what is unsure about it. */
export function deviceCard(spec: DeviceSpec): string {
  const { limits, cache, dram } = spec;
  // A source that several figures in a row share is written once; pointing at each shows it.
  let above: string | undefined;
  const figure = (path: string, name: string, value: number | undefined, unit: string): Figure[] => {
    if (value === undefined) return [];
    const unsure = spec.unsure.filter(({ figure: of }) => of === path);
    const source = sourceOf(spec, path);
    const isNew = source !== undefined && source !== above;
    if (unsure.length === 0) above = source;
    return [
      {
        name,
        value: `${formatNumber(value)}${unit === "" ? "" : ` ${unit}`}`,
        ...(unsure.length > 0
          ? { remark: `unsure: ${unsure.map(({ note }) => note).join(" ")}`, verdict: "fair" as const }
          : isNew
            ? { remark: source }
            : {}),
        ...(source === undefined ? {} : { meaning: `Source: ${source}` }),
      },
    ];
  };
  return cardHtml({
    kind: "device",
    title: spec.name,
    beside: `${spec.vendor}, ${spec.architecture}${spec.computeCapability === undefined ? "" : `, compute capability ${spec.computeCapability}`}`,
    facts: [
      { name: "key", value: spec.key },
      { name: "also found as", value: spec.aliases.join(", ") },
    ],
    figures: [
      ...figure("sms", "SMs", spec.sms, ""),
      ...figure("boost_clock_mhz", "boost clock", scaled(spec.boostClock, 1e6), "MHz"),
      ...figure("special_per_clock_per_sm", "special functions a clock and SM", spec.specialPerClock, ""),
      ...Object.entries(spec.peak).flatMap(([precision, peak]) =>
        figure(`peak_tflops.${precision}`, `peak ${precision}`, peak / 1e12, "TFLOP/s"),
      ),
      ...Object.entries(spec.matrixPeak).flatMap(([precision, peak]) =>
        figure(`matrix_peak_tflops.${precision}`, `matrix peak ${precision}`, peak / 1e12, "TFLOP/s"),
      ),
      ...figure("dram.bandwidth_gb_s", `${dram.type} bandwidth`, dram.bandwidth / 1e9, "GB/s"),
      ...figure("dram.capacity_gb", `${dram.type} capacity`, dram.capacity / 1e9, "GB"),
      ...figure("cache.l2_mib", "L2 cache", scaled(cache.l2, 1024 * 1024), "MiB"),
      ...figure("cache.l2_bandwidth_gb_s", "L2 bandwidth", scaled(cache.l2Bandwidth, 1e9), "GB/s"),
      ...figure("cache.l1_bytes_per_clock_per_sm", "L1 bytes a clock and SM", cache.l1PerClock, ""),
      ...figure("cache.l1_shared_kib_per_sm", "L1 and shared memory an SM", scaled(cache.l1SharedPerSm, 1024), "KiB"),
      ...figure("cache.shared_kib_per_sm", "shared memory an SM", scaled(cache.sharedPerSm, 1024), "KiB"),
      ...figure("cache.shared_kib_per_block", "shared memory a block", scaled(cache.sharedPerBlock, 1024), "KiB"),
      ...figure("limits.threads_per_block", "threads a block", limits?.threadsPerBlock, ""),
      ...figure("limits.threads_per_sm", "threads an SM", limits?.threadsPerSm, ""),
      ...figure("limits.warps_per_sm", "warps an SM", limits?.warpsPerSm, ""),
      ...figure("limits.blocks_per_sm", "blocks an SM", limits?.blocksPerSm, ""),
      ...figure("limits.registers_per_sm", "registers an SM", limits?.registersPerSm, ""),
      ...figure("limits.registers_per_block", "registers a block", limits?.registersPerBlock, ""),
      ...figure("limits.registers_per_thread", "registers a thread", limits?.registersPerThread, ""),
      ...figure("links.pcie_gb_s", "link to the host", scaled(spec.links.pcie, 1e9), "GB/s each way"),
      ...figure("links.peer_gb_s", "links to other devices", scaled(spec.links.peer, 1e9), "GB/s each way"),
      ...figure("launch_overhead_us", "between two kernels", scaled(spec.launchOverhead, 1e-6), "us"),
      ...figure("tdp_w", "power", spec.tdp, "W"),
      ...figure("process_nm", "process", scaled(spec.process, 1e-9), "nm"),
    ],
  });
}

/** Devices side by side. */
export function devicesTable(specs: readonly DeviceSpec[]): string {
  return tableHtml(
    specs.map(
      (spec): Row => ({
        key: spec.key,
        device: spec.name,
        architecture: spec.architecture,
        SMs: spec.sms,
        "FP32, TFLOP/s": scaled(spec.peak.FP32, 1e12),
        "FP16, TFLOP/s": scaled(spec.peak.FP16, 1e12),
        "DRAM, GB/s": spec.dram.bandwidth / 1e9,
        "DRAM, GB": spec.dram.capacity / 1e9,
      }),
    ),
  );
}

/** The source of a figure, or of the group that it stands in. */
function sourceOf({ sources }: DeviceSpec, path: string): string | undefined {
  return sources[path] ?? sources[path.split(".")[0]];
}

function scaled(value: number | undefined, unit: number): number | undefined {
  return value === undefined ? undefined : value / unit;
}

function formatValue(value: number | bigint): string {
  return typeof value === "bigint" ? value.toString() : formatNumber(value, 6).replaceAll(",", "");
}

// A device's file, checked and brought to SI units. The form is hardware/device.schema.json, which this reads.
import { InputError } from "../core/errors.js";
import { inspectObjectAs } from "../core/inspect.js";
import { parseJson } from "../core/json.js";
import type { Precision } from "../core/precision.js";
import { checkSchema, type Schema } from "../core/schema.js";
import { deviceSchema } from "./devices.generated.js";
import type { CacheSpec, DeviceKind, DeviceLimits, DeviceSpec } from "./spec.js";

/**
 * Makes a device of the JSON of a device file, as text or already parsed. `name` is what messages call it. Throws
 * InputError that names the field which does not satisfy hardware/device.schema.json, or which contradicts another.
 */
export function loadDevice(json: unknown, name = "device"): DeviceSpec {
  const parsed = typeof json === "string" ? parseJson(json, name) : json;
  checkSchema(parsed, deviceSchema as Schema, name);
  const file = parsed as DeviceFile;
  checkFigures(file, name);
  const spec: DeviceSpec = {
    key: file.key,
    name: file.name,
    vendor: file.vendor,
    kind: file.kind,
    architecture: file.architecture,
    computeCapability: file.compute_capability,
    aliases: [...file.aliases],
    sms: file.sms,
    boostClock: scaled(file.boost_clock_mhz, 1e6),
    specialPerClock: file.special_per_clock_per_sm,
    peak: mapValues(file.peak_tflops, (tflops) => tflops * 1e12),
    matrixPeak: mapValues(file.matrix_peak_tflops ?? {}, (tflops) => tflops * 1e12),
    dram: { type: file.dram.type, bandwidth: file.dram.bandwidth_gb_s * 1e9, capacity: file.dram.capacity_gb * 1e9 },
    cache: cacheOf(file),
    limits: limitsOf(file),
    tdp: file.tdp_w,
    process: scaled(file.process_nm, 1e-9),
    links: { pcie: scaled(file.links?.pcie_gb_s, 1e9), peer: scaled(file.links?.peer_gb_s, 1e9) },
    launchOverhead: scaled(file.launch_overhead_us, 1e-6),
    sustained: { dram: file.sustained?.dram_share, math: { ...file.sustained?.math_share } },
    efficiency: mapValues(file.efficiency ?? {}, (byPrecision) => ({ ...byPrecision })),
    sources: { ...file.sources },
    unsure: file.unsure.map((entry) => ({ ...entry })),
  };
  inspectObjectAs(spec, () => describe(spec));
  deepFreeze(spec);
  files.set(spec, file);
  return spec;
}

const files = new WeakMap<DeviceSpec, DeviceFile>();

/** The content of the file that a device was loaded from. Throws InputError for a device that was made in another way. */
export function deviceFile(spec: DeviceSpec): Readonly<Record<string, unknown>> {
  const file = files.get(spec);
  if (file !== undefined) return { ...file };
  throw new InputError(`${spec.name} was not loaded from a device file`, {
    fix: "Give a device that loadDevice() made.",
  });
}

/** One line: `H100 SXM (h100-sxm): Hopper, 132 SMs, 80 GB of HBM3 at 3350 GB/s`. */
function describe({ name, key, architecture, sms, dram }: DeviceSpec): string {
  const size = sms === undefined ? "" : `, ${sms} SMs`;
  return `${name} (${key}): ${architecture}${size}, ${dram.capacity / 1e9} GB of ${dram.type} at ${dram.bandwidth / 1e9} GB/s`;
}

/** The form of a device file, as the schema has checked it. */
interface DeviceFile {
  readonly key: string;
  readonly name: string;
  readonly vendor: string;
  readonly kind: DeviceKind;
  readonly architecture: string;
  readonly compute_capability?: string;
  readonly aliases: readonly string[];
  readonly sms?: number;
  readonly boost_clock_mhz?: number;
  readonly special_per_clock_per_sm?: number;
  readonly peak_tflops: Readonly<Partial<Record<Precision, number>>>;
  readonly matrix_peak_tflops?: Readonly<Partial<Record<Precision, number>>>;
  readonly dram: { readonly type: string; readonly bandwidth_gb_s: number; readonly capacity_gb: number };
  readonly cache?: {
    readonly l1_shared_kib_per_sm?: number;
    readonly shared_kib_per_sm?: number;
    readonly shared_kib_per_block?: number;
    readonly l2_mib?: number;
    readonly l2_bandwidth_gb_s?: number;
    readonly l1_bytes_per_clock_per_sm?: number;
  };
  readonly limits?: {
    readonly threads_per_warp: number;
    readonly threads_per_block: number;
    readonly threads_per_sm: number;
    readonly warps_per_sm: number;
    readonly blocks_per_sm: number;
    readonly registers_per_sm: number;
    readonly registers_per_block?: number;
    readonly registers_per_thread: number;
    readonly register_unit?: number;
    readonly sub_partitions?: number;
    readonly shared_unit_bytes?: number;
    readonly shared_reserved_bytes_per_block?: number;
  };
  readonly tdp_w?: number;
  readonly process_nm?: number;
  readonly links?: { readonly pcie_gb_s?: number; readonly peer_gb_s?: number };
  readonly launch_overhead_us?: number;
  readonly sustained?: {
    readonly dram_share?: number;
    readonly math_share?: Readonly<Partial<Record<Precision, number>>>;
  };
  readonly efficiency?: Readonly<Record<string, Readonly<Partial<Record<Precision, number>>>>>;
  readonly sources: Readonly<Record<string, string>>;
  readonly unsure: readonly { readonly figure: string; readonly note: string }[];
}

function checkFigures(file: DeviceFile, name: string): void {
  const fail = (field: string, what: string, fix?: string) => {
    throw new InputError(what, { where: `${name}: ${field}`, ...(fix === undefined ? {} : { fix }) });
  };
  if (Object.keys(file.peak_tflops).length === 0) {
    fail("peak_tflops", "states no peak", 'Give the peak of one precision at least: { "FP32": 19.5 }.');
  }
  const { limits, cache } = file;
  if (limits !== undefined) {
    const { threads_per_sm, warps_per_sm, threads_per_warp, threads_per_block } = limits;
    if (threads_per_sm !== warps_per_sm * threads_per_warp) {
      fail(
        "limits.threads_per_sm",
        `${threads_per_sm} is not ${warps_per_sm} warps_per_sm of ${threads_per_warp} threads_per_warp`,
      );
    }
    if (threads_per_block > threads_per_sm) {
      fail("limits.threads_per_block", `${threads_per_block} does not fit into threads_per_sm, ${threads_per_sm}`);
    }
    if (file.sms === undefined) fail("sms", "is missing", "A device with limits per SM says how many SMs it has.");
  }
  const { shared_kib_per_block: perBlock, shared_kib_per_sm: perSm, l1_shared_kib_per_sm: array } = cache ?? {};
  if (perBlock !== undefined && perSm !== undefined && perBlock > perSm) {
    fail("cache.shared_kib_per_block", `${perBlock} does not fit into shared_kib_per_sm, ${perSm}`);
  }
  if (perSm !== undefined && array !== undefined && perSm > array) {
    fail("cache.shared_kib_per_sm", `${perSm} does not fit into l1_shared_kib_per_sm, ${array}`);
  }
  for (const path of [...Object.keys(file.sources), ...file.unsure.map(({ figure }) => figure)]) {
    if (!hasPath(file, path)) {
      fail(
        file.sources[path] === undefined ? "unsure" : "sources",
        `"${path}" is no figure of this file`,
        'Write the path as it stands in the file: "dram.bandwidth_gb_s".',
      );
    }
  }
}

function hasPath(file: object, path: string): boolean {
  let at: unknown = file;
  for (const step of path.split(".")) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return false;
    at = (at as Record<string, unknown>)[step];
  }
  return true;
}

function cacheOf({ cache = {} }: DeviceFile): CacheSpec {
  return {
    l1SharedPerSm: scaled(cache.l1_shared_kib_per_sm, 1024),
    sharedPerSm: scaled(cache.shared_kib_per_sm, 1024),
    sharedPerBlock: scaled(cache.shared_kib_per_block, 1024),
    l2: scaled(cache.l2_mib, 1024 * 1024),
    l2Bandwidth: scaled(cache.l2_bandwidth_gb_s, 1e9),
    l1PerClock: cache.l1_bytes_per_clock_per_sm,
  };
}

function limitsOf({ limits }: DeviceFile): DeviceLimits | undefined {
  if (limits === undefined) return undefined;
  return {
    threadsPerWarp: limits.threads_per_warp,
    threadsPerBlock: limits.threads_per_block,
    threadsPerSm: limits.threads_per_sm,
    warpsPerSm: limits.warps_per_sm,
    blocksPerSm: limits.blocks_per_sm,
    registersPerSm: limits.registers_per_sm,
    registersPerBlock: limits.registers_per_block ?? limits.registers_per_sm,
    registersPerThread: limits.registers_per_thread,
    registerUnit: limits.register_unit ?? 256,
    subPartitions: limits.sub_partitions ?? 4,
    sharedUnit: limits.shared_unit_bytes ?? 128,
    sharedReservedPerBlock: limits.shared_reserved_bytes_per_block ?? 0,
  };
}

function scaled(value: number | undefined, unit: number): number | undefined {
  return value === undefined ? undefined : value * unit;
}

function mapValues<In, Out>(record: Readonly<Record<string, In>>, map: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === "object" && inner !== null) deepFreeze(inner);
  }
  return Object.freeze(value);
}

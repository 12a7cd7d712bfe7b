// The figures by which a virtual GPU tells time: latencies and bandwidths of each space, cycles of each type. Defaults come from
// the device's file where it has them; every one can be set. Knows nothing of what is copied or launched.
import { InputError, listChoices, nearest } from "../../core/errors.js";
import type { DeviceSpec } from "../../hardware/index.js";
import {
  type BandwidthSpace,
  type CycleType,
  type LatencyFigures,
  type LatencySpace,
  latencySpaces,
} from "../analysis/latency-model.js";

/** What may be set of the figures. */
export interface CostOptions {
  /** Cycles that an access of each space waits. Unless given: register 1, shared 10, l1 5, l2 50, global 200, constant 5, host 1000, peer 1000. */
  readonly latency?: Partial<Record<LatencySpace, number>>;
  /**
   * Bytes a cycle. Of an SM: shared 128 (32 banks of 4 bytes), l1 128, constant 4. Of the device: global as the device's file says,
   * l2 32 an SM, host and peer what PCIe 4.0 with 16 lanes moves one way, 32 GB/s.
   */
  readonly bandwidth?: Partial<Record<BandwidthSpace, number>>;
  /** Cycles of an arithmetic warp instruction by type; 1 unless given, f64 by the device's peaks, i64 2. */
  readonly cycles?: Partial<Record<CycleType, number>>;
  /** Hz: turns cycles into seconds. The device's boost clock unless given. */
  readonly clock?: number;
}

/** All figures, and the clock in Hz. */
export interface CostFigures extends LatencyFigures {
  readonly clock: number;
}

/** Round figures for orientation: nobody measured them. */
const latencies: Readonly<Record<LatencySpace, number>> = {
  register: 1,
  shared: 10,
  l1: 5,
  l2: 50,
  global: 200,
  constant: 5,
  host: 1000,
  peer: 1000,
};

/** PCIe 4.0 with 16 lanes, one way, before its protocol's overhead; bytes a second. */
const hostBandwidth = 32e9;

/** The figures of a device. Throws InputError for a name or a value that cannot be. */
export function costFigures(spec: DeviceSpec, options: CostOptions = {}): CostFigures {
  const clock = options.clock ?? spec.boostClock;
  if (clock === undefined) {
    throw new InputError(`the file of ${spec.name} states no clock`, {
      fix: `Say it in Hz: new VirtualGPU("${spec.key}", { clock: 1.5e9 }).`,
    });
  }
  check("clock", clock, "positive");
  const sms = spec.sms ?? 1;
  const { FP32, FP64 } = spec.peak;
  return {
    clock,
    sms,
    latency: merged("latency", latencies, options.latency, "from 0 on"),
    bandwidth: merged(
      "bandwidth",
      {
        shared: 128,
        l1: 128,
        l2: 32 * sms,
        global: spec.dram.bandwidth / clock,
        constant: 4,
        host: hostBandwidth / clock,
        peer: hostBandwidth / clock,
      },
      options.bandwidth,
      "positive",
    ),
    cycles: merged(
      "cycles",
      {
        f16: 1,
        bf16: 1,
        f32: 1,
        f64: FP32 === undefined || FP64 === undefined ? 2 : Math.max(1, FP32 / FP64),
        i32: 1,
        i64: 2,
      },
      options.cycles,
      "from 0 on",
    ),
    // What shared memory takes of L1 is not taken off.
    capacity: { l1: spec.cache.l1SharedPerSm ?? 128 * 1024, l2: spec.cache.l2 ?? 4 * 1024 * 1024 },
  };
}

/** Cycles of a copy by the slowest space on its way: latency, and bytes over bandwidth. */
export function transferCycles(
  { latency, bandwidth }: CostFigures,
  space: "host" | "global" | "peer",
  bytes: number,
): number {
  return Math.ceil(latency[space] + bytes / bandwidth[space]);
}

function merged<Name extends string>(
  what: string,
  defaults: Readonly<Record<Name, number>>,
  given: Partial<Record<Name, number>> | undefined,
  range: "positive" | "from 0 on",
): Readonly<Record<Name, number>> {
  if (given === undefined) return defaults;
  const names = Object.keys(defaults);
  for (const [name, value] of Object.entries(given)) {
    if (names.includes(name)) check(`${what}.${name}`, value, range);
    else {
      const slip = nearest(name, names);
      throw new InputError(`there is no ${what} of "${name}"`, {
        where: what,
        fix: slip === undefined ? `Known: ${listChoices(names, false)}.` : `Did you mean "${slip}"?`,
      });
    }
  }
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaults, ...(Object.fromEntries(set) as Partial<Record<Name, number>>) };
}

function check(where: string, value: unknown, range: "positive" | "from 0 on"): void {
  if (value === undefined) return;
  const isFit = typeof value === "number" && Number.isFinite(value) && (range === "positive" ? value > 0 : value >= 0);
  if (!isFit) throw new InputError(`must be a number, ${range}, got ${String(value)}`, { where });
}

/** The spaces in a row, for tables. */
export function costTable({
  latency,
  bandwidth,
}: CostFigures): { space: string; latency: number; bandwidth: number | null }[] {
  return latencySpaces.map((space) => ({
    space,
    latency: latency[space],
    bandwidth: space === "register" ? null : bandwidth[space],
  }));
}

// The device's time by the operator and the layer that launches name in their arguments, as simulated runs do. Knows no format.
import { roleNumber, type Timeline } from "../timeline/index.js";
import type { DeviceWork } from "./device-work.js";

/** The kernels of one operator or one layer. */
export interface LaunchedStatistics {
  /** `layers.3.attention.query_key_value`; the layer's number. */
  readonly name: string;
  readonly kernels: number;
  readonly device_ns: number;
  /** Of the time of all kernels. */
  readonly share: number;
  /** Of the kernels that say them; undefined where none does. */
  readonly flop: number | undefined;
  readonly dram_bytes: number | undefined;
}

export interface OperatorAnalysis {
  /** The longest time first. */
  readonly by_operator: readonly LaunchedStatistics[];
  /** By number. */
  readonly by_layer: readonly LaunchedStatistics[];
  /** Kernels whose launches name no operator, and no layer. */
  readonly without_operator: number;
  readonly without_layer: number;
}

/** Reads the arguments of launches that name an operator; of others it only sees that they do not. */
export function analyseOperators(timeline: Timeline, work: DeviceWork): OperatorAnalysis {
  const { events } = timeline;
  const read = timeline.argumentReader("op", "layer", "flop", "dram_bytes");
  const operators = new Map<string, Tally>();
  const layers = new Map<number, Tally>();
  let [kernels, total, withOperator, withLayer] = [0, 0, 0, 0];
  for (let number = 0; number < work.length; number++) {
    const index = work.event[number];
    if (events.role[index] !== roleNumber.kernel) continue;
    const duration = events.duration[index];
    kernels++;
    total += duration;
    const call = work.call[number];
    const told = read(index) ?? (call < 0 ? undefined : read(call));
    if (told === undefined) continue;
    const { op, layer, flop, dram_bytes } = told;
    if (typeof op === "string") {
      withOperator++;
      tallyOf(operators, op).add(duration, flop, dram_bytes);
    }
    if (typeof layer === "number") {
      withLayer++;
      tallyOf(layers, layer).add(duration, flop, dram_bytes);
    }
  }
  const row = ([name, tally]: readonly [string | number, Tally]): LaunchedStatistics => ({
    name: `${name}`,
    kernels: tally.kernels,
    device_ns: tally.time,
    share: total === 0 ? 0 : tally.time / total,
    flop: tally.flop,
    dram_bytes: tally.bytes,
  });
  return {
    by_operator: [...operators].map(row).sort((a, b) => b.device_ns - a.device_ns),
    by_layer: [...layers].sort(([a], [b]) => a - b).map(row),
    without_operator: kernels - withOperator,
    without_layer: kernels - withLayer,
  };
}

class Tally {
  kernels = 0;
  time = 0;
  flop: number | undefined;
  bytes: number | undefined;

  add(time: number, flop: unknown, bytes: unknown): void {
    this.kernels++;
    this.time += time;
    if (typeof flop === "number") this.flop = (this.flop ?? 0) + flop;
    if (typeof bytes === "number") this.bytes = (this.bytes ?? 0) + bytes;
  }
}

function tallyOf<K>(tallies: Map<K, Tally>, key: K): Tally {
  let tally = tallies.get(key);
  if (tally === undefined) {
    tally = new Tally();
    tallies.set(key, tally);
  }
  return tally;
}

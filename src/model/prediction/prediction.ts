// The answer to "how long does this take there?". How it was found is in predictor.ts.
import { inspectAsText } from "../../core/inspect.js";
import type { Precision } from "../../core/precision.js";
import type { Work } from "../../core/work.js";
import { describeShape, formatShape, operators, type Quantisation } from "../operator/index.js";
import type { CacheState, LimitLevel, Protocol, Timing } from "../planner/index.js";
import type { Bottleneck } from "../roofline/roofline.js";
import { workAsPlanned } from "./planned-work.js";

/**
 * `ideal`: nothing but the roofline. `planner`: the way a library would take on this device, with what it costs.
 * `realistic`: what was measured of how far this device stays below the roofline, where it was measured, and the planner
 * elsewhere.
 */
export type Mode = "ideal" | "realistic" | "planner";

/** A mode as a program reads it of its user; what is no mode is refused when it is used. */
export type ModeName = Mode | (string & Record<never, never>);

/** What answered: the plain roofline, the device's efficiency table, or the planner. */
export type ModelName = "ideal" | "table" | "planner";

/** The fields of a prediction, with the names that files, tables and the command line use. */
export type PredictionFields = Omit<Prediction, "notes" | "timing" | "work" | "subject" | "toString">;

/** What stands behind the fields, for those who ask. */
export interface Grounds {
  /** The planner's kernels, where it answered. */
  readonly timing?: Timing | undefined;
  /** What was predicted, as it is known without a device. */
  readonly work?: Work | undefined;
  /** What a reader must know, made when it is asked for. */
  readonly notes?: (() => readonly string[]) | undefined;
}

/** A prediction: its fields, and in words what has to be said about it. Only the fields reach JSON and tables. Frozen. */
export class Prediction {
  /** The device's key. */
  declare readonly device: string;
  declare readonly kernel_type: string;
  /** The extents in the operator's order; empty for a launch, which is known by its work alone. */
  declare readonly shape: readonly number[];
  /** That of the arithmetic; `mixed` for a launch that does operations of several. */
  declare readonly precision: Precision | "mixed";
  /** What is stored in another precision than that of the arithmetic; each absent where it is not. */
  declare readonly input?: Precision;
  declare readonly weight?: Precision;
  declare readonly output?: Precision;
  declare readonly mode: Mode;
  declare readonly model: ModelName;
  /** How the time is taken; null where the roofline or the table answers, which know of no launch. */
  declare readonly protocol: Protocol | null;
  /** What L2 held at first, where that is not `cold`. */
  declare readonly cache?: CacheState;
  /** How activations are brought into a narrow format, where that is included. */
  declare readonly quantise?: Quantisation;
  declare readonly predicted_time_us: number;
  /** Between these two lie 8 of 10 measured times; absent unless `interval` asked for them. */
  declare readonly predicted_time_low_us?: number;
  declare readonly predicted_time_high_us?: number;
  /** flops / predicted time, in 10^12 operations a second. */
  declare readonly predicted_tflops: number;
  /**
   * The ceiling that applies: min(peak, ai x bandwidth) x efficiency. A model in which nothing but the ceiling takes time
   * reaches it, and then it equals predicted_tflops.
   */
  declare readonly effective_tflops: number;
  /** Arithmetic intensity: flops / bytes. */
  declare readonly ai: number;
  /** The intensity below which the device's DRAM binds: peak / bandwidth. */
  declare readonly critical_ai: number;
  declare readonly bottleneck: Bottleneck;
  /** The resource behind the bottleneck: `DRAM`, `L2`, `arithmetic`, `special functions`, `overhead`. */
  declare readonly limiter: LimitLevel;
  /** The entry of the device's efficiency table that was applied; null where none was. */
  declare readonly efficiency_factor: number | null;
  declare readonly flops: number;
  /** Bytes that cross the DRAM interface when everything is moved once. */
  declare readonly bytes: number;
  readonly #grounds: Grounds;
  #notes: readonly string[] | undefined;

  constructor(fields: PredictionFields, grounds: Grounds = {}) {
    Object.assign(this, fields);
    this.#grounds = grounds;
    Object.freeze(this);
  }

  /** What a reader must know beside the figures, a sentence each. */
  get notes(): readonly string[] {
    this.#notes ??= Object.freeze([...(this.#grounds.notes?.() ?? [])]);
    return this.#notes;
  }

  /** The kernels that the planner timed, with their plans; undefined where it did not answer. */
  get timing(): Timing | undefined {
    return this.#grounds.timing;
  }

  /**
   * Operations, and bytes by memory level: those of inner levels where a launch counted them or the planner's tiles tell. Undefined
   * where the prediction was made without.
   */
  get work(): Work | undefined {
    const { work, timing } = this.#grounds;
    return work === undefined || timing === undefined ? work : workAsPlanned(work, timing.plans);
  }

  /** What was asked: `gemv 4096 x 4096 FP16`. */
  get subject(): string {
    const stored = (["input", "weight", "output"] as const)
      .filter((name) => this[name] !== undefined)
      .map((name) => `${name} ${this[name]}`);
    const formats = [this.precision, ...stored].join(", ");
    const known = operators.get(this.kernel_type);
    const shape = known === undefined ? formatShape(this.shape) : describeShape(known, this.shape);
    return [this.kernel_type, shape, formats].filter((part) => part !== "").join(" ");
  }

  /** One line: `gemv 4096 x 4096 FP16 on gb10: 203 us, memory-bound, 0.165 TFLOP/s (realistic, table)`. */
  toString(): string {
    const how = this.mode === this.model ? this.mode : `${this.mode}, ${this.model}`;
    const { predicted_time_low_us: low, predicted_time_high_us: high } = this;
    const between = low === undefined || high === undefined ? "" : ` (${figures(low)} to ${figures(high)})`;
    return (
      `${this.subject} on ${this.device}: ${figures(this.predicted_time_us)} us${between}, ${this.bottleneck}-bound, ` +
      `${figures(this.predicted_tflops)} TFLOP/s (${how})`
    );
  }

  static {
    inspectAsText(Prediction);
  }
}

/** Three significant figures, or all digits before the point: 203, 0.165, 14302. */
function figures(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toString() : Number(value.toPrecision(3)).toString();
}

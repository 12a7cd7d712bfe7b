// The answer to "how long does this take there?". How it was found is in predict.ts.
import { inspectAsText } from "../../core/inspect.js";
import type { Precision } from "../../core/precision.js";
import { formatShape } from "../operator/index.js";
import type { Bottleneck } from "../roofline/roofline.js";

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
export interface PredictionFields {
  /** The device's key. */
  readonly device: string;
  readonly kernel_type: string;
  /** The extents in the operator's order; empty for a launch, which is known by its work alone. */
  readonly shape: readonly number[];
  /** `mixed` for a launch that does operations of several precisions. */
  readonly precision: Precision | "mixed";
  readonly mode: Mode;
  readonly model: ModelName;
  readonly predicted_time_us: number;
  /** flops / predicted time, in 10^12 operations a second. */
  readonly predicted_tflops: number;
  /**
   * The ceiling that applies: min(peak, ai x bandwidth) x efficiency. A model in which nothing but the ceiling takes time
   * reaches it, and then it equals predicted_tflops.
   */
  readonly effective_tflops: number;
  /** Arithmetic intensity: flops / bytes. */
  readonly ai: number;
  /** The intensity below which the device's DRAM binds: peak / bandwidth. */
  readonly critical_ai: number;
  readonly bottleneck: Bottleneck;
  /** The entry of the device's efficiency table that was applied; null where none was. */
  readonly efficiency_factor: number | null;
  readonly flops: number;
  /** Bytes that cross the DRAM interface when everything is moved once. */
  readonly bytes: number;
}

/** A prediction: its fields, and in words what has to be said about it. Only the fields reach JSON and tables. */
export class Prediction implements PredictionFields {
  readonly device: string;
  readonly kernel_type: string;
  readonly shape: readonly number[];
  readonly precision: Precision | "mixed";
  readonly mode: Mode;
  readonly model: ModelName;
  readonly predicted_time_us: number;
  readonly predicted_tflops: number;
  readonly effective_tflops: number;
  readonly ai: number;
  readonly critical_ai: number;
  readonly bottleneck: Bottleneck;
  readonly efficiency_factor: number | null;
  readonly flops: number;
  readonly bytes: number;
  readonly #notes: readonly string[];

  constructor(fields: PredictionFields, notes: readonly string[] = []) {
    this.device = fields.device;
    this.kernel_type = fields.kernel_type;
    this.shape = fields.shape;
    this.precision = fields.precision;
    this.mode = fields.mode;
    this.model = fields.model;
    this.predicted_time_us = fields.predicted_time_us;
    this.predicted_tflops = fields.predicted_tflops;
    this.effective_tflops = fields.effective_tflops;
    this.ai = fields.ai;
    this.critical_ai = fields.critical_ai;
    this.bottleneck = fields.bottleneck;
    this.efficiency_factor = fields.efficiency_factor;
    this.flops = fields.flops;
    this.bytes = fields.bytes;
    this.#notes = Object.freeze([...notes]);
    Object.freeze(this);
  }

  /** What a reader must know beside the figures, a sentence each. */
  get notes(): readonly string[] {
    return this.#notes;
  }

  /** One line: `gemv 4096 x 4096 FP16 on gb10: 203 us, memory-bound, 0.165 TFLOP/s (realistic, table)`. */
  toString(): string {
    const what = [this.kernel_type, formatShape(this.shape), this.precision].filter((part) => part !== "").join(" ");
    const how = this.mode === this.model ? this.mode : `${this.mode}, ${this.model}`;
    return (
      `${what} on ${this.device}: ${figures(this.predicted_time_us)} us, ${this.bottleneck}-bound, ` +
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

// An operator in its number formats on a device: everything of a question but the shape, read once and then asked again and
// again. Which of the models answers is decided here; how they come to their answers is not.
import type { Precision, PrecisionName } from "../../core/precision.js";
import { totalFlop, type Work } from "../../core/work.js";
import { type DeviceName, type DeviceSpec, device as findDevice } from "../../hardware/index.js";
import {
  type Formats,
  type KernelWork,
  type Operator,
  type OperatorType,
  operator,
  type Quantisation,
  quantisingKernels,
  readFormats,
  readQuantisation,
  readShape,
  type ShapeLike,
} from "../operator/index.js";
import {
  type CacheState,
  isPlannable,
  type LimitLevel,
  type Protocol,
  plannerOf,
  readCacheState,
  readProtocol,
  type Timing,
  timeKernels,
} from "../planner/index.js";
import { type Bottleneck, levelNames, peakOf, placeOnRoofline, type RooflinePlace } from "../roofline/index.js";
import { isMeasured, kindOf, type Spread, type SpreadCell, spreadOf } from "./interval.js";
import { readMode } from "./mode.js";
import { type Mode, type ModelName, type ModeName, Prediction } from "./prediction.js";

/** What is asked of an operator on a device, whatever its shape. */
export interface PredictorOptions {
  /** `gemv`, `gemm`, ...: see `operators`. */
  readonly kernel: OperatorType;
  /** `FP16`, `bfloat16`, `fp8`, ... */
  readonly precision: PrecisionName;
  /** Where activations, weights or results are stored in another precision than that of the arithmetic. */
  readonly input?: PrecisionName | undefined;
  readonly weight?: PrecisionName | undefined;
  readonly output?: PrecisionName | undefined;
  /** A device by key or alias, or one of your own. */
  readonly device: DeviceName | DeviceSpec;
  /** `realistic` unless given. */
  readonly mode?: ModeName;
  /**
   * How the time is taken that the planner predicts: `graph` (from a CUDA graph, unless given), `loop`, `events`, `eager` or
   * `kernel` (see `Protocol`).
   * The roofline and the table know of no launch.
   */
  readonly protocol?: Protocol | (string & Record<never, never>) | undefined;
  /** What L2 holds when the planner's time begins: `cold` (nothing of the data, unless given), `warm` or `rotating` (see `CacheState`). */
  readonly cache?: CacheState | (string & Record<never, never>) | undefined;
  /**
   * Includes bringing activations of 16 bits into the narrow format of a product: `matrix`, `rows` or `blocks` (see `Quantisation`).
   * Not included unless given.
   */
  readonly quantise?: Quantisation | (string & Record<never, never>) | undefined;
  /** Adds `predicted_time_low_us` and `predicted_time_high_us`, between which 8 of 10 measured times lie (see `spreadOf`). */
  readonly interval?: boolean | undefined;
}

/** Seconds of one shape, and what was found on the way. */
export interface Answer {
  readonly time: number;
  readonly work: Work;
  readonly place: RooflinePlace;
  /** The planner's, where it answered. */
  readonly timing: Timing | undefined;
}

export class Predictor {
  readonly operator: Operator;
  readonly formats: Formats;
  readonly device: DeviceSpec;
  readonly mode: Mode;
  /** What answers, whatever the shape. */
  readonly model: ModelName;
  /** Null where the roofline or the table answers. */
  readonly protocol: Protocol | null;
  /** The entry of the device's efficiency table that applies; null where none does. */
  readonly efficiency: number | null;
  /** Predictions have an interval. */
  readonly interval: boolean;
  readonly #cache: CacheState;
  readonly #quantise: Quantisation | undefined;
  readonly #stored: Readonly<Partial<Record<"input" | "weight" | "output", Precision>>>;

  /** Throws InputError for an unknown operator, precision, device, mode or protocol, and for a precision without a peak. */
  constructor(options: PredictorOptions) {
    this.operator = operator(options.kernel);
    this.formats = readFormats({ ...options, math: options.precision });
    this.device = findDevice(options.device);
    this.mode = readMode(options.mode ?? "realistic");
    const protocol = readProtocol(options.protocol ?? "graph");
    this.#cache = readCacheState(options.cache ?? "cold");
    this.#quantise = options.quantise === undefined ? undefined : readQuantisation(options.quantise);
    const { math, input, weight, output } = this.formats;
    this.interval = options.interval === true;
    peakOf(this.device, math);
    this.#stored = {
      ...(input === math ? {} : { input }),
      ...(weight === math ? {} : { weight }),
      ...(output === math ? {} : { output }),
    };
    // What was measured was measured with everything in one format.
    const uniform = Object.keys(this.#stored).length === 0;
    const entry = this.device.efficiency[this.operator.type]?.[math];
    this.efficiency = this.mode === "realistic" && uniform ? (entry ?? null) : null;
    if (this.efficiency !== null) this.model = "table";
    else if (this.mode === "planner" || (this.mode === "realistic" && isPlannable(this.device))) this.model = "planner";
    else this.model = "ideal";
    this.protocol = this.model === "planner" ? protocol : null;
  }

  /** Seconds for a shape that was read. Throws InputError where the planner cannot plan for the device. */
  answer(shape: readonly number[]): Answer {
    const work = this.operator.work(shape, this.formats);
    const place = placeOnRoofline(work, this.device);
    if (this.protocol === null) return { time: place.time / (this.efficiency ?? 1), work, place, timing: undefined };
    const kernels = this.#kernels(shape);
    const timing = timeKernels(plannerOf(this.device), kernels, this.protocol, this.operator.hostSteps, this.#cache);
    return { time: timing.time, work, place, timing };
  }

  #kernels(shape: readonly number[]): readonly KernelWork[] {
    const kernels = this.operator.kernels(shape, this.formats);
    const manner = this.#quantise;
    if (manner === undefined) return kernels;
    return kernels.flatMap((kernel) =>
      kernel.kind === "matmul" ? [...quantisingKernels(kernel, manner), kernel] : [kernel],
    );
  }

  /** The prediction for a shape. Throws InputError, at `field`, for what is no shape of this operator. */
  predict(shape: ShapeLike, field = "shape"): Prediction {
    return this.predictRead(readShape(this.operator, shape, field));
  }

  /** The prediction for a shape that `readShape` gave. Throws InputError where the planner cannot plan for the device. */
  predictRead(read: readonly number[]): Prediction {
    const { operator, formats, device, mode, model, protocol, efficiency } = this;
    const { time, work, place, timing } = this.answer(read);
    const flops = totalFlop(work);
    const { bottleneck, level } = timing?.limit() ?? rooflineLimit(place, work, device, efficiency);
    return new Prediction(
      {
        device: device.key,
        kernel_type: operator.type,
        shape: read,
        precision: formats.math,
        ...this.#stored,
        mode,
        model,
        protocol,
        ...(protocol !== null && this.#cache !== "cold" && { cache: this.#cache }),
        ...(protocol !== null && this.#quantise !== undefined && { quantise: this.#quantise }),
        predicted_time_us: time * 1e6,
        ...(this.interval && intervalOf(time, this.spread(read, bottleneck))),
        predicted_tflops: flops / time / 1e12,
        effective_tflops: (place.attainable * (efficiency ?? 1)) / 1e12,
        ai: place.intensity,
        critical_ai: place.criticalIntensity,
        bottleneck,
        limiter: level,
        efficiency_factor: efficiency,
        flops,
        bytes: work.bytes.dram,
      },
      { timing, work, notes: () => [...this.#notesOn(work, timing), ...this.#notesOnInterval(read, bottleneck)] },
    );
  }

  /** Between which multiples of a predicted time 8 of 10 measured ones lie, for a shape that this binds. */
  spread(shape: readonly number[], bottleneck: Bottleneck): Spread {
    return spreadOf(this.#cell(shape, bottleneck));
  }

  #cell(shape: readonly number[], bottleneck: Bottleneck): SpreadCell {
    return { model: this.model, kind: kindOf(this.operator.kernels(shape, this.formats)), bottleneck };
  }

  #notesOnInterval(shape: readonly number[], bottleneck: Bottleneck): readonly string[] {
    if (!this.interval) return [];
    const cell = this.#cell(shape, bottleneck);
    if (isMeasured(cell)) return [];
    const others = `No measured times of kind ${cell.kind} that ${bottleneck} binds were at hand`;
    return [`${others}: the interval is that of other kernels.`];
  }

  #notesOn(work: Work, timing: Timing | undefined): readonly string[] {
    if (timing !== undefined) return [...new Set(timing.plans.map((plan) => plan.inWords()))];
    const { device, operator, formats, mode, efficiency } = this;
    if (mode === "realistic" && efficiency === null) {
      const what = `${operator.type} ${formats.math}`;
      return [`${device.name} has no efficiency entry for ${what} and no SMs to plan for: this is the plain roofline.`];
    }
    if (efficiency === null || efficiency <= 1) return [];
    const megabytes = (count: number) => `${(count / 1e6).toFixed(1)} MB`;
    const cause = fitsIntoL2(work, device)
      ? `: the ${megabytes(work.bytes.dram)} that it moves fit into the ${megabytes(device.cache.l2 ?? 0)} of L2, a level of memory that the roofline does not have.`
      : ". It was measured where a cache held the data; here they do not fit into it, so take this time as too short.";
    return [`An efficiency of ${efficiency} means more than the DRAM gives${cause}`];
  }
}

function intervalOf(
  time: number,
  { low, high }: Spread,
): { readonly predicted_time_low_us: number; readonly predicted_time_high_us: number } {
  return { predicted_time_low_us: time * 1e6 * low, predicted_time_high_us: time * 1e6 * high };
}

/** The level that binds where nothing was planned: the roofline's, and L2 where an efficiency above 1 means it. */
export function rooflineLimit(
  { bottleneck, level }: RooflinePlace,
  work: Work,
  device: DeviceSpec,
  efficiency: number | null = null,
): { readonly bottleneck: "memory" | "compute"; readonly level: LimitLevel } {
  if (bottleneck === "compute") return { bottleneck, level: "arithmetic" };
  return { bottleneck, level: (efficiency ?? 0) > 1 && fitsIntoL2(work, device) ? "L2" : levelNames[level] };
}

function fitsIntoL2({ bytes }: Work, { cache }: DeviceSpec): boolean {
  return cache.l2 !== undefined && bytes.dram <= cache.l2;
}

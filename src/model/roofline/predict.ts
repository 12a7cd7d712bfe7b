// Predicts operators and executed launches on a device.
import { InputError, listChoices } from "../../core/errors.js";
import { type Precision, type PrecisionName, parsePrecision } from "../../core/precision.js";
import { totalFlop, type Work } from "../../core/work.js";
import { type DeviceName, type DeviceSpec, device as findDevice } from "../../hardware/index.js";
import { type OperatorType, operator, readShape, type ShapeLike } from "../operator/index.js";
import { type Mode, type ModeName, Prediction } from "./prediction.js";
import { peakOf, placeOnRoofline } from "./roofline.js";

export interface PredictOptions {
  /** `gemv` or `gemm`. */
  readonly kernel: OperatorType;
  /** gemv: [N, K]; gemm: [M, N, K]. */
  readonly shape: ShapeLike;
  /** `FP16`, `bfloat16`, `fp8`, ... */
  readonly precision: PrecisionName;
  /** A device by key or alias, or one of your own. */
  readonly device: DeviceName | DeviceSpec;
  /** `realistic` unless given. */
  readonly mode?: ModeName;
}

/**
 * Predicts how long an operator takes on a device.
 *
 * `ideal` is the roofline: t = max(F / P, B / W) with F operations at the dense peak P and B bytes at the DRAM bandwidth W.
 * `realistic` divides it by the efficiency that was measured for this kernel and precision on this device, whichever
 * resource binds; where the device has no such entry the roofline answers, `model` says "ideal" and a note says so.
 *
 * Throws InputError for an unknown kernel, shape, precision, device or mode, and for a precision the device has no peak for.
 */
export function predict(options: PredictOptions): Prediction {
  const known = operator(options.kernel);
  const shape = readShape(known, options.shape);
  const precision = parsePrecision(options.precision);
  const spec = findDevice(options.device);
  const mode = readMode(options.mode ?? "realistic");
  peakOf(spec, precision);
  const work = known.work(shape, precision);
  const efficiency = mode === "realistic" ? (spec.efficiency[known.type]?.[precision] ?? null) : null;
  return answer(work, spec, { kernel_type: known.type, shape, precision, mode, efficiency });
}

export interface PredictWorkOptions {
  readonly device: DeviceName | DeviceSpec;
  /** Counts every operation at this precision's peak; unless given, each at its own. */
  readonly precision?: PrecisionName;
  /** What the work is called: `launch` unless given. */
  readonly label?: string;
}

/**
 * Places work that was counted, by the virtual GPU for instance, under a device's roofline. The answer is ideal: the work
 * of a launch has no entry in an efficiency table.
 */
export function predictWork(work: Work, options: PredictWorkOptions): Prediction {
  const spec = findDevice(options.device);
  const given = options.precision === undefined ? undefined : parsePrecision(options.precision);
  const counted: Work = given === undefined ? work : { flop: { [given]: totalFlop(work) }, bytes: work.bytes };
  const used = (Object.keys(counted.flop) as Precision[]).filter((name) => (counted.flop[name] ?? 0) > 0);
  return answer(counted, spec, {
    kernel_type: options.label ?? "launch",
    shape: [],
    precision: given ?? (used.length === 1 ? used[0] : "mixed"),
    mode: "ideal",
    efficiency: null,
  });
}

/** Reads a mode. Throws InputError, and says of `planner` that there is none yet. */
export function readMode(mode: string, field = "mode"): Mode {
  if (mode === "ideal" || mode === "realistic") return mode;
  const fix = `Known: ${listChoices(["ideal", "realistic"])}.`;
  if (mode === "planner") throw new InputError("there is no planner yet", { where: field, fix });
  throw new InputError(`unknown mode ${JSON.stringify(mode)}`, { where: field, fix });
}

interface Question {
  readonly kernel_type: string;
  readonly shape: readonly number[];
  readonly precision: Precision | "mixed";
  readonly mode: Mode;
  readonly efficiency: number | null;
}

function answer(work: Work, device: DeviceSpec, { efficiency, ...question }: Question): Prediction {
  const place = placeOnRoofline(work, device);
  const time = place.time / (efficiency ?? 1);
  const flops = totalFlop(work);
  return new Prediction(
    {
      device: device.key,
      ...question,
      model: efficiency === null ? "ideal" : "table",
      predicted_time_us: time * 1e6,
      predicted_tflops: flops / time / 1e12,
      effective_tflops: (place.attainable * (efficiency ?? 1)) / 1e12,
      ai: place.intensity,
      critical_ai: place.criticalIntensity,
      bottleneck: place.bottleneck,
      efficiency_factor: efficiency,
      flops,
      bytes: work.bytes.dram,
    },
    notesOn(work, device, { efficiency, ...question }),
  );
}

function notesOn(
  { bytes }: Work,
  device: DeviceSpec,
  { mode, efficiency, kernel_type, precision }: Question,
): string[] {
  if (mode === "realistic" && efficiency === null) {
    return [`${device.name} has no efficiency entry for ${kernel_type} ${precision}: this is the plain roofline.`];
  }
  if (efficiency === null || efficiency <= 1) return [];
  const { l2 } = device.cache;
  const megabytes = (count: number) => `${(count / 1e6).toFixed(1)} MB`;
  const cause =
    l2 !== undefined && bytes.dram <= l2
      ? `: the ${megabytes(bytes.dram)} that it moves fit into the ${megabytes(l2)} of L2, a level of memory that the roofline does not have.`
      : ". It was measured where a cache held the data; here they do not fit into it, so take this time as too short.";
  return [`An efficiency of ${efficiency} means more than the DRAM gives${cause}`];
}

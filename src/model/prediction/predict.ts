// Predicts operators and executed launches on a device.
import { InputError, listChoices } from "../../core/errors.js";
import { type Precision, type PrecisionName, parsePrecision } from "../../core/precision.js";
import { totalFlop, type Work } from "../../core/work.js";
import { type DeviceName, type DeviceSpec, device as findDevice } from "../../hardware/index.js";
import { type OperatorType, operator, readFormats, readShape, type ShapeLike } from "../operator/index.js";
import { isPlannable, limitOf, measuredTime, type Plan, type Protocol, plannerOf } from "../planner/index.js";
import { peakOf, placeOnRoofline } from "../roofline/roofline.js";
import { type Mode, type ModeName, Prediction, type PredictionFields } from "./prediction.js";

export interface PredictOptions {
  /** `gemv` or `gemm`. */
  readonly kernel: OperatorType;
  /** gemv: [N, K]; gemm: [M, N, K]. */
  readonly shape: ShapeLike;
  /** `FP16`, `bfloat16`, `fp8`, ... */
  readonly precision: PrecisionName;
  /** Where activations, weights or results are stored in another precision than that of the arithmetic. */
  readonly input?: PrecisionName;
  readonly weight?: PrecisionName;
  readonly output?: PrecisionName;
  /** A device by key or alias, or one of your own. */
  readonly device: DeviceName | DeviceSpec;
  /** `realistic` unless given. */
  readonly mode?: ModeName;
}

/**
 * Predicts how long an operator takes on a device.
 *
 * `ideal` is the roofline: t = max(F / P, B / W) with F operations at the dense peak P and B bytes at the DRAM bandwidth W.
 * `planner` prices every tile and split that a library could take, with waves, caches, power and launch (planner/matmul.ts),
 * and answers with the cheapest, launched from a CUDA graph.
 * `realistic` divides the roofline's time by the efficiency that was measured for this kernel and precision on this device,
 * whichever resource binds; where the device has no such entry the planner answers. `model` says who did. A device without
 * SMs cannot be planned for: there the roofline answers, and a note says so.
 *
 * Throws InputError for an unknown kernel, shape, precision, device or mode, and for a precision the device has no peak for.
 */
export function predict(options: PredictOptions): Prediction {
  const known = operator(options.kernel);
  const shape = readShape(known, options.shape);
  const formats = readFormats({ ...options, math: options.precision });
  const precision = formats.math;
  const spec = findDevice(options.device);
  const mode = readMode(options.mode ?? "realistic");
  peakOf(spec, precision);
  const work = known.work(shape, formats);
  const efficiency = mode === "realistic" ? (spec.efficiency[known.type]?.[precision] ?? null) : null;
  const question = { kernel_type: known.type, shape, precision, mode, efficiency };
  if (mode === "ideal" || efficiency !== null) return answer(work, spec, question);
  if (mode === "realistic" && !isPlannable(spec)) {
    const why = `${spec.name} has no efficiency entry for ${known.type} ${precision} and no SMs to plan for: this is the plain roofline.`;
    return answer(work, spec, question, [why]);
  }
  const plans = known.kernels(shape, formats).map((kernel) => plannerOf(spec).plan(kernel));
  return planned(work, spec, question, plans, "graph");
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

const modes: readonly Mode[] = ["ideal", "realistic", "planner"];

/** Reads a mode. Throws InputError that lists them. */
export function readMode(mode: string, field = "mode"): Mode {
  const found = modes.find((known) => known === mode);
  if (found !== undefined) return found;
  throw new InputError(`unknown mode ${JSON.stringify(mode)}`, {
    where: field,
    fix: `Known: ${listChoices([...modes])}.`,
  });
}

interface Question {
  readonly kernel_type: string;
  readonly shape: readonly number[];
  readonly precision: Precision | "mixed";
  readonly mode: Mode;
  readonly efficiency: number | null;
}

function answer(
  work: Work,
  device: DeviceSpec,
  { efficiency, ...question }: Question,
  notes: readonly string[] = notesOn(work, device, efficiency),
): Prediction {
  const place = placeOnRoofline(work, device);
  const time = place.time / (efficiency ?? 1);
  return new Prediction(
    {
      device: device.key,
      ...question,
      model: efficiency === null ? "ideal" : "table",
      ...rates(work, time),
      effective_tflops: (place.attainable * (efficiency ?? 1)) / 1e12,
      ai: place.intensity,
      critical_ai: place.criticalIntensity,
      bottleneck: place.bottleneck,
      efficiency_factor: efficiency,
    },
    notes,
  );
}

function planned(
  work: Work,
  device: DeviceSpec,
  question: Question,
  plans: readonly Plan[],
  protocol: Protocol,
): Prediction {
  const place = placeOnRoofline(work, device);
  const onDevice = plans.reduce((sum, plan) => sum + plan.time, 0);
  const time = measuredTime(onDevice, protocol);
  return new Prediction(
    {
      device: device.key,
      ...question,
      model: "planner",
      ...rates(work, time),
      effective_tflops: place.attainable / 1e12,
      ai: place.intensity,
      critical_ai: place.criticalIntensity,
      bottleneck: limitOf(plans, time - onDevice).bottleneck,
      efficiency_factor: null,
    },
    plans.map((plan) => plan.inWords()),
  );
}

function rates(
  work: Work,
  time: number,
): Pick<PredictionFields, "predicted_time_us" | "predicted_tflops" | "flops" | "bytes"> {
  const flops = totalFlop(work);
  return {
    predicted_time_us: time * 1e6,
    predicted_tflops: flops / time / 1e12,
    flops,
    bytes: work.bytes.dram,
  };
}

function notesOn({ bytes }: Work, device: DeviceSpec, efficiency: number | null): string[] {
  if (efficiency === null || efficiency <= 1) return [];
  const { l2 } = device.cache;
  const megabytes = (count: number) => `${(count / 1e6).toFixed(1)} MB`;
  const cause =
    l2 !== undefined && bytes.dram <= l2
      ? `: the ${megabytes(bytes.dram)} that it moves fit into the ${megabytes(l2)} of L2, a level of memory that the roofline does not have.`
      : ". It was measured where a cache held the data; here they do not fit into it, so take this time as too short.";
  return [`An efficiency of ${efficiency} means more than the DRAM gives${cause}`];
}

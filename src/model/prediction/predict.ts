// Predicts operators and executed launches on a device.
import { type Precision, type PrecisionName, parsePrecision } from "../../core/precision.js";
import { totalFlop, type Work } from "../../core/work.js";
import { type DeviceName, type DeviceSpec, device as findDevice } from "../../hardware/index.js";
import type { ShapeLike } from "../operator/index.js";
import { placeOnRoofline } from "../roofline/roofline.js";
import { Prediction } from "./prediction.js";
import { Predictor, type PredictorOptions, rooflineLimit } from "./predictor.js";

export interface PredictOptions extends PredictorOptions {
  /** gemv: [N, K]; gemm: [M, N, K]; or by name, where those with a default may be left out. */
  readonly shape: ShapeLike;
}

/**
 * Predicts how long an operator takes on a device.
 *
 * `ideal` is the roofline: t = max(F / P, B / W) with F operations at the dense peak P and B bytes at the DRAM bandwidth W.
 * `planner` prices every way that a library could take (tiles, splits, algorithms), with waves, caches, power and launch, and
 * answers with the cheapest, launched and timed as `protocol` says; `explain` shows the others.
 * `realistic` divides the roofline's time by the efficiency that was measured for this kernel and precision on this device,
 * whichever resource binds; where the device has no such entry the planner answers. `model` says who did. A device without
 * SMs cannot be planned for: there the roofline answers, and a note says so.
 *
 * Throws InputError for an unknown kernel, shape, precision, device, mode or protocol, and for a precision the device has no
 * peak for.
 */
export function predict(options: PredictOptions): Prediction {
  return new Predictor(options).predict(options.shape);
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
  const device = findDevice(options.device);
  const given = options.precision === undefined ? undefined : parsePrecision(options.precision);
  const counted: Work = given === undefined ? work : { flop: { [given]: totalFlop(work) }, bytes: work.bytes };
  const used = (Object.keys(counted.flop) as Precision[]).filter((name) => (counted.flop[name] ?? 0) > 0);
  const place = placeOnRoofline(counted, device);
  const { bottleneck, level } = rooflineLimit(place, counted, device);
  const flops = totalFlop(counted);
  return new Prediction(
    {
      device: device.key,
      kernel_type: options.label ?? "launch",
      shape: [],
      precision: given ?? (used.length === 1 ? used[0] : "mixed"),
      mode: "ideal",
      model: "ideal",
      protocol: null,
      predicted_time_us: place.time * 1e6,
      predicted_tflops: flops / place.time / 1e12,
      effective_tflops: place.attainable / 1e12,
      ai: place.intensity,
      critical_ai: place.criticalIntensity,
      bottleneck,
      limiter: level,
      efficiency_factor: null,
      flops,
      bytes: counted.bytes.dram,
    },
    { work: counted },
  );
}

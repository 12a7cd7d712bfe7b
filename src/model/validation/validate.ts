// Holds predictions against measurements.
import { InputError } from "../../core/errors.js";
import { inspectAsText } from "../../core/inspect.js";
import type { Precision } from "../../core/precision.js";
import { type ProgressReporter, withProgress } from "../../core/progress.js";
import { orReason } from "../../core/reason.js";
import { mean, oneDecimal } from "../../core/statistics.js";
import { type DeviceSpec, device as findDevice } from "../../hardware/index.js";
import { operator } from "../operator/index.js";
import { isPlannable } from "../planner/index.js";
import { type Prediction, predict } from "../prediction/index.js";
import type { Bottleneck } from "../roofline/index.js";
import { type Measurement, type Measurements, readMeasurements } from "./measurements.js";
import { errorOf, statusOf, type ValidationStatus } from "./residual.js";
import type { Skipped } from "./skipped.js";

/** One benchmark, predicted and measured. */
export interface ValidationResult {
  readonly kernel_type: string;
  readonly shape: readonly number[];
  readonly precision: Precision;
  readonly predicted_time_us: number;
  readonly measured_time_us: number;
  /** |predicted - measured| / measured in percent, to one decimal. */
  readonly error_pct: number;
  readonly predicted_tflops: number;
  /** As the file says, otherwise operations / measured time. */
  readonly measured_tflops: number;
  readonly bottleneck: Bottleneck;
  /** Of `error_pct` as it is written, so that the two never disagree. */
  readonly status: ValidationStatus;
}

export interface ValidationSummary {
  /** Percent, to one decimal; null when nothing could be compared. */
  readonly mean_error_pct: number | null;
  readonly max_error_pct: number | null;
  /** How many were compared; those in `skipped` are not. */
  readonly num_benchmarks: number;
  /** True when something was compared and nothing is red. */
  readonly accepted: boolean;
}

/** One benchmark beside its predictions. */
interface Compared {
  readonly result: ValidationResult;
  readonly prediction: Prediction;
  readonly ideal: Prediction;
  /** The planner's, where the table answered. */
  readonly planned: Prediction | undefined;
}

/** What `validate` found. As JSON it has `results`, `skipped` and `summary`. */
export class ValidationReport {
  readonly results: readonly ValidationResult[];
  readonly skipped: readonly Skipped[];
  readonly summary: ValidationSummary;
  readonly #device: DeviceSpec;
  readonly #file: Pick<Measurements, "hardwareKey" | "unread">;
  readonly #compared: readonly Compared[];

  /** `skipped` beyond what the reading of `file` skipped. */
  constructor(device: DeviceSpec, file: Measurements, compared: readonly Compared[], skipped: readonly Skipped[]) {
    this.results = Object.freeze(compared.map(({ result }) => result));
    this.skipped = Object.freeze([...file.skipped, ...skipped].sort((a, b) => a.index - b.index));
    this.summary = summarise(this.results);
    this.#device = device;
    this.#file = { hardwareKey: file.hardwareKey, unread: file.unread };
    this.#compared = Object.freeze([...compared]);
    Object.freeze(this);
  }

  /** The device that was predicted. */
  get device(): DeviceSpec {
    return this.#device;
  }

  /** The device that the file says was measured, in its words. */
  get measuredOn(): string {
    return this.#file.hardwareKey;
  }

  /** The file's fields that are its author's own: nothing of them entered the comparison. */
  get unread(): readonly string[] {
    return this.#file.unread;
  }

  /** The predictions behind the results, in their order. */
  get predictions(): readonly Prediction[] {
    return this.#compared.map(({ prediction }) => prediction);
  }

  /** What the plain roofline says of the same, in their order. */
  get ideal(): readonly Prediction[] {
    return this.#compared.map(({ ideal }) => ideal);
  }

  /**
   * What the planner says where the device's table answered, in the order of the results; undefined where the planner did anyway, and
   * where it cannot plan. The table may come from the very measurements: what was not made from them is the planner's error.
   */
  get planned(): readonly (Prediction | undefined)[] {
    return this.#compared.map(({ planned }) => planned);
  }

  /** One line: `GB10: 5 benchmarks within the band, mean error 0.2 %, greatest 0.5 %`. */
  toString(): string {
    const { mean_error_pct, max_error_pct, num_benchmarks } = this.summary;
    const red = this.results.filter(({ status }) => status === "red").length;
    const outcome =
      num_benchmarks === 0
        ? "nothing to compare"
        : `${counted(num_benchmarks, "benchmark")}, ${red === 0 ? "all within the band" : `${red} outside the band`}, ` +
          `mean error ${mean_error_pct} %, greatest ${max_error_pct} %`;
    const left = this.skipped.length === 0 ? "" : `; ${this.skipped.length} skipped`;
    return `${this.device.name}: ${outcome}${left}`;
  }

  static {
    inspectAsText(ValidationReport);
  }
}

export interface ValidateOptions {
  /** The device to predict, in place of the file's `hardware_key`. */
  readonly device?: string | DeviceSpec;
  /** Devices of one's own that `hardware_key` may name, beside those that come with warplab. */
  readonly devices?: readonly DeviceSpec[];
  /** What messages call the file. */
  readonly name?: string;
  /** Who is told how far it is; the notebook or the terminal unless given. */
  readonly progress?: ProgressReporter;
}

/**
 * Predicts every benchmark of a file (see `readMeasurements`) in the realistic mode and compares. A benchmark of an
 * unknown kernel, of a precision that the device states no peak for, or that the device cannot do is listed in `skipped`; the
 * planner takes the time as the benchmark's `protocol` says. Throws InputError for a
 * file or a device that cannot be read.
 */
export function validate(benchmark: unknown, options: ValidateOptions = {}): ValidationReport {
  const read = readMeasurements(benchmark, options.name);
  const device = options.device === undefined ? deviceOf(read, options) : findDevice(options.device, options.devices);
  const skipped: Skipped[] = [];
  const compared: Compared[] = [];
  const task = { label: `validation on ${device.name}`, total: read.measurements.length, unit: "benchmarks" };
  withProgress(task, options.progress, (progress) => {
    for (const measurement of read.measurements) {
      const { index, precision } = measurement;
      const outcome =
        device.peak[precision] === undefined
          ? `${device.name} has no peak for ${precision}`
          : orReason(() => compare(measurement, device));
      if (typeof outcome === "string") skipped.push({ index, reason: outcome });
      else compared.push(outcome);
      progress.advance();
    }
  });
  return new ValidationReport(device, read, compared, skipped);
}

/** The device that the file names. Throws InputError that counts what is not compared where there is none of that name. */
function deviceOf({ hardwareKey, measurements, skipped }: Measurements, options: ValidateOptions): DeviceSpec {
  const where = `${options.name ?? "benchmark"}: hardware_key`;
  const left = `Nothing is compared: ${counted(measurements.length + skipped.length, "benchmark")} of an unknown device.`;
  const found = orReason(
    () => findDevice(hardwareKey, options.devices),
    ({ fix }) => new InputError(`unknown device "${hardwareKey}"`, { where, fix: `${fix}\n${left}` }),
  );
  if (found instanceof InputError) throw found;
  return found;
}

function compare(measurement: Measurement, device: DeviceSpec): Compared {
  const { shape, precision, formats, manner, time } = measurement;
  const kernel = operator(measurement.kernel);
  const { input, weight, output } = formats;
  const question = { kernel: kernel.type, shape, precision, input, weight, output, device, ...manner };
  const prediction = predict({ ...question, mode: "realistic" });
  const times = { predicted_time_us: prediction.predicted_time_us, measured_time_us: time };
  const error_pct = oneDecimal(errorOf(times));
  return {
    prediction,
    ideal: predict({ ...question, mode: "ideal" }),
    planned:
      prediction.model === "table" && isPlannable(device) ? predict({ ...question, mode: "planner" }) : undefined,
    result: Object.freeze({
      kernel_type: kernel.type,
      shape,
      precision,
      ...times,
      error_pct,
      predicted_tflops: prediction.predicted_tflops,
      measured_tflops: measurement.tflops ?? prediction.flops / (time * 1e-6) / 1e12,
      bottleneck: prediction.bottleneck,
      status: statusOf(error_pct),
    }),
  };
}

function summarise(results: readonly ValidationResult[]): ValidationSummary {
  // From unrounded errors, so that rounding twice does not shift the mean.
  const errors = results.map(errorOf);
  const none = errors.length === 0;
  return Object.freeze({
    mean_error_pct: none ? null : oneDecimal(mean(errors)),
    max_error_pct: none ? null : oneDecimal(errors.reduce((most, error) => Math.max(most, error))),
    num_benchmarks: errors.length,
    accepted: !none && results.every(({ status }) => status !== "red"),
  });
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

// The benchmark JSON: times that were measured on a real device. Reads and checks it; compares nothing.
import { InputError, listChoices } from "../../core/errors.js";
import { parseJson } from "../../core/json.js";
import type { Precision } from "../../core/precision.js";
import { orReason } from "../../core/reason.js";
import { checkSchema, type Schema } from "../../core/schema.js";
import { device as findDevice, measurementFiles } from "../../hardware/index.js";
import { type Formats, operators, readFormats, readShape, type ShapeLike } from "../operator/index.js";
import { readManner, type TimingManner } from "./manner.js";
import type { Skipped } from "./skipped.js";

/** The form of a benchmark file, `benchmarks` unread: an unknown kernel has a shape that only it understands. */
export interface BenchmarkFile {
  readonly hardware_key: string;
  /** How benchmarks were timed that do not say it themselves. */
  readonly protocol?: unknown;
  readonly benchmarks: readonly BenchmarkEntry[];
}

/** One benchmark as it stands in the file. */
export interface BenchmarkEntry {
  readonly kernel_type: string;
  readonly shape: ShapeLike;
  readonly precision: string;
  /** Where something is stored in another precision than that of the arithmetic. */
  readonly input?: string;
  readonly weight?: string;
  readonly output?: string;
  readonly measured_time_us: number;
  readonly measured_tflops?: number;
  readonly measured_bandwidth_gb_s?: number;
  readonly ai?: number;
  /** How it was timed: `graph`, `loop`, `events`, `eager` or `kernel`, or an object that says so under `launch` (see `readManner`). */
  readonly protocol?: unknown;
}

/** A benchmark of a known kernel, read. */
export interface Measurement {
  /** Its place in the file. */
  readonly index: number;
  readonly kernel: string;
  readonly shape: readonly number[];
  readonly precision: Precision;
  readonly formats: Formats;
  /** How the time was taken. */
  readonly manner: TimingManner;
  /** Microseconds. */
  readonly time: number;
  /** 10^12 operations a second, when the file says so. */
  readonly tflops: number | undefined;
}

export interface Measurements {
  readonly hardwareKey: string;
  readonly measurements: readonly Measurement[];
  readonly skipped: readonly Skipped[];
  /** The fields that are the author's own, by their path: nothing of them enters the comparison. */
  readonly unread: readonly string[];
}

/**
 * Reads a benchmark file, as text or already parsed. Benchmarks of kernels that warplab does not predict, and of precisions that it
 * does not know, are listed in `skipped`. Throws InputError that names the field (`benchmarks[2].shape`), or the line and column where text is not
 * JSON. Fields beyond the known ones are listed in `unread`, unless they look like a slip of a known one.
 */
export function readMeasurements(json: unknown, name = "benchmark"): Measurements {
  const parsed = typeof json === "string" ? parseJson(json, name) : json;
  checkSchema(parsed, benchmarkSchema, name);
  const file = parsed as BenchmarkFile;
  const unread = Object.keys(file).filter((field) => !Object.hasOwn(benchmarkSchema.properties!, field));
  const general = readManner(file.protocol);
  unread.push(...general.unread.map((inner) => `protocol${inner}`));
  const measurements: Measurement[] = [];
  const skipped: Skipped[] = [];
  for (const [index, entry] of file.benchmarks.entries()) {
    const own = readManner(entry.protocol);
    unread.push(...own.unread.map((inner) => `benchmarks[${index}].protocol${inner}`));
    const strange = Object.keys(entry).filter((inner) => !Object.hasOwn(entrySchema.properties!, inner));
    unread.push(...strange.map((inner) => `benchmarks[${index}].${inner}`));
    const field = (inner: string) => `${name}: benchmarks[${index}].${inner}`;
    const known = operators.get(entry.kernel_type.trim().toLowerCase());
    if (known === undefined) {
      const kernels = listChoices([...operators.keys()]);
      skipped.push({ index, reason: `kernel type "${entry.kernel_type}" is not predicted, only ${kernels}` });
      continue;
    }
    const stored = orReason(() => readFormats({ ...entry, math: entry.precision }, (inner) => inner), firstTwoLines);
    if (typeof stored === "string") {
      skipped.push({ index, reason: stored });
      continue;
    }
    measurements.push({
      index,
      kernel: known.type,
      shape: readShape(known, entry.shape, field("shape")),
      precision: stored.math,
      formats: stored,
      manner: {
        protocol: own.manner.protocol ?? general.manner.protocol,
        cache: own.manner.cache ?? general.manner.cache,
        quantise: own.manner.quantise ?? general.manner.quantise,
      },
      time: entry.measured_time_us,
      tflops: entry.measured_tflops,
    });
  }
  return { hardwareKey: file.hardware_key, measurements, skipped, unread };
}

/** What is wrong with a format, and what to write instead. */
function firstTwoLines(error: InputError): string {
  return error.message.split("\n").slice(0, 2).join(". ");
}

/** A benchmark file that comes with warplab, by the key or an alias of its device: `measured("gb10")`. Throws InputError. */
export function measured(hardwareKey: string): BenchmarkFile {
  const file = measurementFiles[findDevice(hardwareKey).key];
  if (file !== undefined) return file as BenchmarkFile;
  throw new InputError(`no measurements of "${hardwareKey}" come with warplab`, {
    fix: `There are measurements of ${listChoices(Object.keys(measurementFiles))}.`,
  });
}

const positive = { type: "number", exclusiveMinimum: 0 } as const;

const entrySchema: Schema = {
  type: "object",
  required: ["kernel_type", "shape", "precision", "measured_time_us"],
  properties: {
    kernel_type: { type: "string", minLength: 1, description: 'The name of an operator: "gemv", "gemm", ...' },
    shape: { type: ["array", "object"], description: "A gemv has the shape [N, K], a gemm [M, N, K]." },
    precision: { type: "string", minLength: 1, description: '"FP16", "FP8_E4M3", ...' },
    input: { type: "string", minLength: 1, description: "The precision of what is read, where it is another." },
    weight: { type: "string", minLength: 1, description: "The same of the weights." },
    output: { type: "string", minLength: 1, description: "The same of the results." },
    measured_time_us: { ...positive, description: "Microseconds." },
    measured_tflops: { ...positive, description: "10^12 operations a second." },
    measured_bandwidth_gb_s: { ...positive, description: "10^9 bytes a second." },
    ai: { ...positive, description: "Operations per byte." },
    protocol: {},
    spread_us: {},
  },
};

/** The form of a benchmark file. */
export const benchmarkSchema: Schema = {
  type: "object",
  description: 'Write { "hardware_key": "gb10", "benchmarks": [ ... ] }.',
  required: ["hardware_key", "benchmarks"],
  properties: {
    hardware_key: { type: "string", minLength: 1, description: 'The device that was measured: "gb10".' },
    source: {},
    protocol: {},
    provenance: {},
    benchmarks: { type: "array", minItems: 1, items: entrySchema },
  },
};

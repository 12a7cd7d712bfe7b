// With which sizes and formats a model is built. Knows no model.
import { InputError } from "../../../core/errors.js";
import { type Precision, type PrecisionName, parsePrecision } from "../../../core/precision.js";
import type { ModelFormats } from "../layers.js";

export interface ModelOptions {
  /** Sequences, or images, at a time. 1 unless given. */
  readonly batch?: number;
  /** New tokens of each sequence. What the model's description says unless given. */
  readonly sequence?: number;
  /** Tokens of each sequence whose keys and values are there already; 0 unless given. */
  readonly cached?: number;
  /** Of arithmetic and everything stored; FP16 unless given. */
  readonly precision?: PrecisionName;
  /** Where the weights are stored in another precision. */
  readonly weight?: PrecisionName;
  /** Where activations are stored in another precision. */
  readonly activation?: PrecisionName;
}

/** The options, read and complete. */
export interface ModelSizes {
  readonly batch: number;
  readonly sequence: number;
  readonly cached: number;
  readonly formats: ModelFormats;
}

/** Throws InputError that names the option. */
export function readModelOptions(options: ModelOptions, sequence: number): ModelSizes {
  const math = parsePrecision(options.precision ?? "FP16");
  const format = (name: PrecisionName | undefined, field: string, otherwise: Precision): Precision =>
    name === undefined ? otherwise : parsePrecision(name, field);
  return {
    batch: wholeNumber("batch", options.batch ?? 1, 1),
    sequence: wholeNumber("sequence", options.sequence ?? sequence, 1),
    cached: wholeNumber("cached", options.cached ?? 0, 0),
    formats: {
      math,
      weight: format(options.weight, "weight", math),
      activation: format(options.activation, "activation", math),
    },
  };
}

function wholeNumber(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new InputError(`${name} must be a whole number of at least ${least}, got ${JSON.stringify(value)}`, {
    where: name,
  });
}

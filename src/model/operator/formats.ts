// In which number formats an operator's tensors are stored and its arithmetic is done. Knows no operator.
import { bytesPerElement, type Precision, type PrecisionName, parsePrecision } from "../../core/precision.js";

/** The number formats of one operator. All the same for most; mixed where weights or activations are quantised. */
export interface Formats {
  /** The format of what is multiplied, which decides whose peak applies. */
  readonly math: Precision;
  /** Activations that are read. */
  readonly input: Precision;
  readonly weight: Precision;
  readonly output: Precision;
}

/** As people write it; what is left out is as `math`. */
export interface FormatsLike {
  readonly math: PrecisionName;
  readonly input?: PrecisionName | undefined;
  readonly weight?: PrecisionName | undefined;
  readonly output?: PrecisionName | undefined;
}

/** Everything in one format. */
export function uniform(precision: Precision): Formats {
  return { math: precision, input: precision, weight: precision, output: precision };
}

/**
 * Reads formats as people write them. Throws InputError that names the field, as `path` writes it, and lists the known
 * precisions.
 */
export function readFormats(
  { math, input, weight, output }: FormatsLike,
  path: (field: string) => string = (field) => field,
): Formats {
  const precision = parsePrecision(math, path("precision"));
  const read = (name: PrecisionName | undefined, field: string): Precision =>
    name === undefined ? precision : parsePrecision(name, path(field));
  return {
    math: precision,
    input: read(input, "input"),
    weight: read(weight, "weight"),
    output: read(output, "output"),
  };
}

/** Bytes of `count` elements. */
export function bytesOf(count: number, format: Precision): number {
  return count * bytesPerElement[format];
}

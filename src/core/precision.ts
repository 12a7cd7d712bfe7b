// The number formats of operators and device peaks, by the names that people write. Knows no device.
import { InputError, listChoices, nearest } from "./errors.js";

/** The number formats that devices state a peak for. */
export const precisions = [
  "FP64",
  "FP32",
  "TF32",
  "BF16",
  "FP16",
  "FP8_E4M3",
  "FP8_E5M2",
  "MXFP8",
  "NVFP4",
  "MXFP4",
  "INT8",
  "INT4",
] as const;

export type Precision = (typeof precisions)[number];

/** A precision as people write it: one of the names, in any case, or an alias such as `bfloat16`. */
export type PrecisionName = Precision | (string & Record<never, never>);

/** Bytes of one element in memory. TF32 is stored as FP32; block scales of the MX and NV formats are not counted. */
export const bytesPerElement: Readonly<Record<Precision, number>> = {
  FP64: 8,
  FP32: 4,
  TF32: 4,
  BF16: 2,
  FP16: 2,
  FP8_E4M3: 1,
  FP8_E5M2: 1,
  MXFP8: 1,
  NVFP4: 0.5,
  MXFP4: 0.5,
  INT8: 1,
  INT4: 0.5,
};

const aliases: Readonly<Record<string, Precision>> = {
  double: "FP64",
  float64: "FP64",
  float: "FP32",
  single: "FP32",
  float32: "FP32",
  bfloat16: "BF16",
  half: "FP16",
  float16: "FP16",
  fp8: "FP8_E4M3",
  e4m3: "FP8_E4M3",
  e5m2: "FP8_E5M2",
  fp4: "NVFP4",
};

/** Reads a precision as people write it (`fp16`, `bfloat16`, `FP8_E4M3`). Throws InputError that lists the known ones. */
export function parsePrecision(text: string, field = "precision"): Precision {
  const folded = text.trim().toLowerCase().replaceAll("-", "_");
  const known = precisions.find((precision) => precision.toLowerCase() === folded) ?? aliases[folded];
  if (known !== undefined) return known;
  const slip = nearest(text, precisions);
  throw new InputError(`unknown precision "${text}"`, {
    where: field,
    fix: `${slip === undefined ? "" : `Did you mean ${slip}? `}Known: ${listChoices(precisions, false)}.`,
  });
}

// In which number formats the tensors of an ONNX file are stored when the model runs. Knows no operator.
import { type Precision, type PrecisionName, parsePrecision } from "../../../core/precision.js";
import type { TensorFormat } from "../graph.js";
import type { ElementType } from "./model-file.js";
import type { Tensor } from "./shapes/rule.js";

/** What takes the place of the file's own floating-point formats; as the file has it where left out. */
export interface OnnxPrecisions {
  /** Of arithmetic, weights and activations. */
  readonly precision?: PrecisionName;
  /** Of weights alone. */
  readonly weight?: PrecisionName;
  /** Of activations alone. */
  readonly activation?: PrecisionName;
}

const formats: Readonly<Record<ElementType, TensorFormat>> = {
  FLOAT: "FP32",
  DOUBLE: "FP64",
  FLOAT16: "FP16",
  BFLOAT16: "BF16",
  FLOAT8E4M3FN: "FP8_E4M3",
  FLOAT8E4M3FNUZ: "FP8_E4M3",
  FLOAT8E5M2: "FP8_E5M2",
  FLOAT8E5M2FNUZ: "FP8_E5M2",
  FLOAT4E2M1: "MXFP4",
  INT4: "INT4",
  UINT4: "INT4",
  INT8: "INT8",
  UINT8: "INT8",
  BOOL: "BOOL",
  INT32: "INT32",
  UINT32: "INT32",
  INT64: "INT64",
  UINT64: "INT64",
  // What no model stores its weights in is counted by the next wider format there is.
  INT16: "INT32",
  UINT16: "INT32",
  COMPLEX64: "INT64",
  COMPLEX128: "INT64",
  STRING: "INT64",
  UNDEFINED: "FP32",
};

/** The arithmetic formats of a file, with what takes their place. */
export class OnnxFormats {
  private readonly weight: Precision | undefined;
  private readonly activation: Precision | undefined;
  private readonly math: Precision | undefined;

  /** Throws InputError for what is no precision. */
  constructor({ precision, weight, activation }: OnnxPrecisions) {
    const read = (name: PrecisionName | undefined, field: string): Precision | undefined =>
      name === undefined ? undefined : parsePrecision(name, field);
    this.math = read(precision, "precision");
    this.weight = read(weight, "weight") ?? this.math;
    this.activation = read(activation, "activation") ?? this.math;
  }

  of({ type, constant }: Tensor): TensorFormat {
    const own = formats[type];
    return isFloat(own) ? ((constant ? this.weight : this.activation) ?? own) : own;
  }

  /** The format in which a node computes that reads these: the asked one for floats, else the widest of its operands. */
  mathOf(operands: readonly TensorFormat[]): Precision {
    const arithmetic = operands.filter(isArithmetic);
    const widest = arithmetic.reduce<Precision>(wider, arithmetic[0] ?? this.math ?? "FP32");
    return this.math !== undefined && (isFloat(widest) || arithmetic.length === 0) ? this.math : widest;
  }
}

/** The order in which mixed operands are brought to one format. */
const widening: readonly Precision[] = [
  "INT4",
  "MXFP4",
  "NVFP4",
  "INT8",
  "MXFP8",
  "FP8_E5M2",
  "FP8_E4M3",
  "FP16",
  "BF16",
  "TF32",
  "FP32",
  "FP64",
];

function wider(a: Precision, b: Precision): Precision {
  return widening.indexOf(a) < widening.indexOf(b) ? b : a;
}

function isArithmetic(format: TensorFormat): format is Precision {
  return format !== "INT64" && format !== "INT32" && format !== "BOOL";
}

function isFloat(format: TensorFormat): format is Precision {
  return isArithmetic(format) && !format.startsWith("INT");
}

/** A tensor of this format can be a weight: indices and masks are none. */
export function storesWeights(format: TensorFormat): boolean {
  return isArithmetic(format);
}

// What a benchmark on a real GPU is to measure: kernels, shapes and precisions. Knows nothing of the script that does it.
import { InputError, listChoices, nearest } from "../../core/errors.js";
import { type Precision, type PrecisionName, parsePrecision } from "../../core/precision.js";
import { type DeviceName, type DeviceSpec, device as findDevice } from "../../hardware/index.js";
import { formatShape, hasLength, operator, readShape } from "../operator/index.js";

/** A case of a benchmark, in the fields of a benchmark file. */
export interface BenchmarkCase {
  readonly kernel_type: string;
  readonly shape: readonly number[];
  readonly precision: Precision;
}

export interface BenchmarkPlanOptions {
  /** The device that will be measured, by key or alias. */
  readonly device: DeviceName | DeviceSpec;
  /** `["gemv", "gemm"]` unless given; also `attention` and `copy`. */
  readonly kernels?: readonly string[];
  /** For every kernel that has as many extents; those of the kernel itself unless given. */
  readonly shapes?: readonly (readonly number[])[];
  /** FP16, BF16, TF32, FP8_E4M3 and INT8 unless given. */
  readonly precisions?: readonly PrecisionName[];
}

export interface BenchmarkPlan {
  readonly hardware_key: string;
  readonly cases: readonly BenchmarkCase[];
}

/** The kernels that the script can measure, with the shapes that they have unless others are asked for. */
const measurable: Readonly<Record<string, readonly (readonly number[])[]>> = {
  gemv: [
    [4096, 4096],
    [8192, 8192],
  ],
  gemm: [
    [4096, 4096, 4096],
    [8192, 8192, 8192],
  ],
  // A prefill of 4096 tokens, and a step of decoding behind as many, with grouped heads.
  attention: [
    [1, 32, 8, 128, 4096, 4096, 1, 0],
    [16, 32, 8, 128, 1, 4096, 0, 0],
  ],
  copy: [[2 ** 26]],
};

const usualPrecisions: readonly Precision[] = ["FP16", "BF16", "TF32", "FP8_E4M3", "INT8"];

/**
 * The cases of a benchmark, kernel by kernel, each shape in every precision. Throws InputError for an unknown device, kernel or
 * precision, and for a shape that fits none of the kernels.
 */
export function benchmarkPlan(options: BenchmarkPlanOptions): BenchmarkPlan {
  const { key } = findDevice(options.device);
  const kernels = given(options.kernels ?? ["gemv", "gemm"], "kernels").map(readKernel);
  const precisions = given(options.precisions ?? usualPrecisions, "precisions").map((name) =>
    parsePrecision(name, "precisions"),
  );
  const extents = (type: string): number => operator(type).dimensions.length;
  const shapes = options.shapes === undefined ? undefined : given(options.shapes, "shapes");
  for (const shape of shapes ?? []) {
    if (kernels.some((type) => hasLength(operator(type), shape.length))) continue;
    const known = kernels.map((type) => `${type} has ${extents(type)}`).join(", ");
    throw new InputError(`no kernel has the shape ${formatShape(shape)}`, {
      where: "shapes",
      fix: `Give as many extents as one of the kernels has: ${known}.`,
    });
  }
  const shapesOf = (type: string) =>
    shapes?.filter(({ length }) => hasLength(operator(type), length)) ?? measurable[type];
  return {
    hardware_key: key,
    cases: kernels.flatMap((type) =>
      shapesOf(type).flatMap((shape) =>
        precisions.map((precision) => ({
          kernel_type: type,
          shape: readShape(operator(type), shape, "shapes"),
          precision,
        })),
      ),
    ),
  };
}

function readKernel(name: string): string {
  const folded = name.trim().toLowerCase();
  if (Object.hasOwn(measurable, folded)) return folded;
  const slip = nearest(name, Object.keys(measurable));
  throw new InputError(`a benchmark of "${name}" cannot be exported`, {
    where: "kernels",
    fix: `${slip === undefined ? "" : `Did you mean "${slip}"? `}Known: ${listChoices(Object.keys(measurable))}.`,
  });
}

function given<T>(list: readonly T[], field: string): readonly T[] {
  if (Array.isArray(list) && list.length > 0) return list;
  throw new InputError(`${field} must be a list with something in it, got ${JSON.stringify(list)}`, { where: field });
}

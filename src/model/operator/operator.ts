// An operator: a computation that is known by its shape alone. What an operator asks of a machine is here; how fast a
// machine does it is not.
import { InputError } from "../../core/errors.js";
import type { Precision } from "../../core/precision.js";
import type { Work } from "../../core/work.js";

/** The extents of an operator's matrices in the order of its `dimensions`, or by name: `[4096, 4096]`, `{ N: 4096, K: 4096 }`. */
export type ShapeLike = readonly number[] | Readonly<Record<string, number>>;

/** The type of an operator that is known. */
export type OperatorType = "gemv" | "gemm";

export interface Operator {
  /** `gemv`: the name in files and on the command line. */
  readonly type: OperatorType;
  /** What is computed, in a sentence. */
  readonly description: string;
  /** The names of the extents, in order. */
  readonly dimensions: readonly string[];
  /** Operations and bytes when every input is read once and every output is written once. */
  work(shape: readonly number[], precision: Precision): Work;
  /** The products of matrices that it is: `batch` times C[m, n] = A[m, k] B[k, n]. */
  products(shape: readonly number[]): Products;
}

export interface Products {
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/**
 * Reads a shape of this operator. Throws InputError, at `field`, unless it has every extent, each a whole number of at
 * least 1.
 */
export function readShape(operator: Operator, shape: ShapeLike, field = "shape"): readonly number[] {
  const { type, dimensions } = operator;
  const example = dimensions.map(() => 4096).join(", ");
  const fix = `Write the shape of a ${type} as [${dimensions.join(", ")}]: [${example}].`;
  if (typeof shape !== "object" || shape === null) {
    throw new InputError(`a shape is a list of extents, got ${JSON.stringify(shape)}`, { where: field, fix });
  }
  let extents: readonly unknown[];
  if (Array.isArray(shape)) {
    extents = shape;
  } else {
    const named = shape as Readonly<Record<string, number>>;
    const strange = Object.keys(named).find((name) => !dimensions.includes(name));
    if (strange !== undefined) throw new InputError(`${type} has no extent "${strange}"`, { where: field, fix });
    extents = dimensions.filter((name) => name in named).map((name) => named[name]);
  }
  if (extents.length !== dimensions.length) {
    throw new InputError(`${type} has ${dimensions.length} extents, got ${JSON.stringify(shape)}`, {
      where: field,
      fix,
    });
  }
  for (const [index, extent] of extents.entries()) {
    if (!Number.isSafeInteger(extent) || (extent as number) < 1) {
      throw new InputError(`${dimensions[index]} must be a whole number of at least 1, got ${JSON.stringify(extent)}`, {
        where: field,
        fix,
      });
    }
  }
  return Object.freeze([...(extents as number[])]);
}

/** `4096 x 4096`. */
export function formatShape(shape: readonly number[]): string {
  return shape.join(" x ");
}

// Shapes as people write them: a list in an operator's order, or by name. Knows no operator by itself.
import { InputError } from "../../core/errors.js";
import type { Dimension, Operator } from "./operator.js";

/**
 * The extents of an operator in the order of its `dimensions`, or by name: `[4096, 4096]`, `{ N: 4096, K: 4096 }`. Those with a
 * default may be left out: by name any, of a list the last ones.
 */
export type ShapeLike = readonly number[] | Readonly<Record<string, number | boolean>>;

/**
 * Reads a shape of this operator: every number, those that were left out at their defaults. Throws InputError, at `field`, for
 * what is missing, strange or out of range.
 */
export function readShape(operator: Operator, shape: ShapeLike, field = "shape"): readonly number[] {
  const { type, dimensions } = operator;
  // The advice is made when it is needed: a sweep reads millions of shapes.
  const refuse = (what: string): never => {
    const names = dimensions.map(({ name }) => name).join(", ");
    const fix = `Write the shape of ${withArticle(operator)} as [${names}]: [${exampleShape(operator).join(", ")}].`;
    throw new InputError(what, { where: field, fix });
  };
  if (typeof shape !== "object" || shape === null) {
    refuse(`a shape is a list of extents, got ${JSON.stringify(shape)}`);
  }
  let written: readonly unknown[] = shape as readonly number[];
  if (!Array.isArray(shape)) {
    written = valuesByName(operator, shape as Readonly<Record<string, unknown>>, refuse);
  } else if (hasLength(operator, shape.length) && shape.length < dimensions.length) {
    written = valuesByName(operator, Object.fromEntries(shape.map((value, i) => [dimensions[i].name, value])), refuse);
  }
  if (written.length !== dimensions.length) {
    refuse(`${type} has ${dimensions.length} extents, got ${JSON.stringify(shape)}`);
  }
  const read = dimensions.map((dimension, index) => readNumber(dimension, written[index], refuse));
  operator.check?.(read, field);
  return Object.freeze(read);
}

/** Whether a list of so many numbers can be a shape of this operator: those after them have defaults. */
export function hasLength({ dimensions }: Operator, length: number): boolean {
  return length <= dimensions.length && dimensions.slice(length).every(({ otherwise }) => otherwise !== undefined);
}

/** A shape of this operator, as help texts and advice write it. */
export function exampleShape({ dimensions }: Operator): number[] {
  return dimensions.map(({ example }) => example);
}

/** `4096 x 4096`. */
export function formatShape(shape: readonly number[]): string {
  return shape.join(" x ");
}

/**
 * A shape for people: `4096 x 4096`, and where there are more than three extents those that are not as they would be if left
 * out, by name: `batch 8, heads 32, head_dim 128, q_len 1, kv_len 8192`.
 */
export function describeShape({ dimensions }: Operator, shape: readonly number[]): string {
  if (dimensions.length <= 3) return formatShape(shape);
  return dimensions
    .map(({ name, otherwise }, i) => (shape[i] === otherwise ? "" : `${name} ${shape[i]}`))
    .filter((part) => part !== "")
    .join(", ");
}

/** `a gemm`, `an attention`. */
export function withArticle({ type }: Operator): string {
  return `${/^[aeiou]/.test(type) ? "an" : "a"} ${type}`;
}

function valuesByName(
  { type, dimensions }: Operator,
  named: Readonly<Record<string, unknown>>,
  refuse: (what: string) => never,
): readonly unknown[] {
  const strange = Object.keys(named).find((name) => !dimensions.some((dimension) => dimension.name === name));
  if (strange !== undefined) refuse(`${type} has no extent "${strange}"`);
  const absent = dimensions.filter(({ name, otherwise }) => !(name in named) && otherwise === undefined);
  if (absent.length > 0) {
    const missing = absent.map(({ name }) => name).join(", ");
    return refuse(`${type} has ${dimensions.length} extents, got ${JSON.stringify(named)} without ${missing}`);
  }
  const soFar: Record<string, number> = {};
  return dimensions.map(({ name, otherwise }) => {
    const value = name in named ? named[name] : typeof otherwise === "function" ? otherwise(soFar) : otherwise;
    soFar[name] = Number(value);
    return value;
  });
}

function readNumber({ name, kind }: Dimension, value: unknown, refuse: (what: string) => never): number {
  const number = typeof value === "boolean" && kind === "flag" ? Number(value) : value;
  const least = kind === "extent" ? 1 : 0;
  if (Number.isSafeInteger(number) && (number as number) >= least && (kind !== "flag" || (number as number) <= 1)) {
    return number as number;
  }
  const wanted = kind === "flag" ? "true or false" : `a whole number of at least ${least}`;
  return refuse(`${name} must be ${wanted}, got ${JSON.stringify(value)}`);
}

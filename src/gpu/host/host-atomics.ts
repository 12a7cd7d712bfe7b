// Atomics that the host carries out on a value in device memory. Integers wrap around as in C; the old value comes back. Knows
// nothing of addresses.
import type { DType } from "../../core/dtype.js";
import { readElement, writeElement } from "../../core/elements.js";

export type HostAtomic = "add" | "sub" | "min" | "max" | "exchange" | "cas";

/**
 * Changes the value at a byte of a view and returns the old one. `compare` is what a compare-and-swap expects: it swaps where
 * the bits are the same, so that a NaN meets itself and 0 does not meet -0.
 */
export function hostAtomic(
  operation: HostAtomic,
  view: DataView,
  offset: number,
  dtype: DType,
  value: number | bigint,
  compare?: number | bigint,
): number | bigint {
  const old = readElement(view, offset, dtype);
  // A float is rounded to its type before it takes part.
  const next = combine(operation, old, readElement(bytesOf(value, dtype), 0, dtype), compare, dtype);
  // Writing rounds a float once, and wraps an integer around.
  if (next !== undefined) writeElement(view, offset, dtype, next);
  return old;
}

function combine(
  operation: HostAtomic,
  old: number | bigint,
  value: number | bigint,
  compare: number | bigint | undefined,
  dtype: DType,
): number | bigint | undefined {
  switch (operation) {
    case "add":
      return typeof old === "bigint" ? old + (value as bigint) : old + (value as number);
    case "sub":
      return typeof old === "bigint" ? old - (value as bigint) : old - (value as number);
    // As PTX's min and max: of a number and a NaN the number.
    case "min":
      return Number.isNaN(old) || value < old ? value : undefined;
    case "max":
      return Number.isNaN(old) || value > old ? value : undefined;
    case "exchange":
      return value;
    case "cas":
      return sameBits(old, compare as number | bigint, dtype) ? value : undefined;
  }
}

function sameBits(a: number | bigint, b: number | bigint, dtype: DType): boolean {
  const [left, right] = [bytesOf(a, dtype), bytesOf(b, dtype)];
  for (let at = 0; at < dtype.bytes; at++) if (left.getUint8(at) !== right.getUint8(at)) return false;
  return true;
}

function bytesOf(value: number | bigint, dtype: DType): DataView {
  const view = new DataView(new ArrayBuffer(dtype.bytes));
  writeElement(view, 0, dtype, value);
  return view;
}

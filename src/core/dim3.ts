// Extents and indices of grids and blocks. Knows nothing of what is counted with them.
import { InputError } from "./errors.js";

/** The extent or index of a grid or block in three dimensions, x varying fastest. */
export interface Dim3 {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** What a person may write for a Dim3: `256`, `[16, 16]`, `{ x: 16, y: 16 }`. Missing dimensions are 1. */
export type Dim3Like = number | readonly number[] | { readonly x: number; readonly y?: number; readonly z?: number };

/** Reads a Dim3; `field` names it in the error. Throws InputError unless each extent is a whole number of at least 1. */
export function dim3(value: Dim3Like, field: string): Dim3 {
  const [x, y = 1, z = 1, ...rest] =
    typeof value === "number" ? [value] : Array.isArray(value) ? value : objectExtents(value as Dim3, field);
  for (const extent of [x, y, z]) {
    if (!Number.isInteger(extent) || extent < 1) {
      throw new InputError(`${field} must be whole numbers of at least 1, got ${describe(value)}`, {
        fix: `Write ${field}: 128, ${field}: [16, 16] or ${field}: { x: 16, y: 16 }.`,
      });
    }
  }
  if (rest.length > 0) throw new InputError(`${field} has three dimensions at most, got ${describe(value)}`);
  return { x, y, z };
}

/** The number of elements: x * y * z. */
export function volume({ x, y, z }: Dim3): number {
  return x * y * z;
}

/** The index of the element with this linear number, x fastest. */
export function delinearise(linear: number, { x, y }: Dim3): Dim3 {
  return { x: linear % x, y: Math.floor(linear / x) % y, z: Math.floor(linear / (x * y)) };
}

/** An extent, `(16, 16)`: as many dimensions as are in use, at least one. */
export function formatDim3(extent: Dim3): string {
  return formatIndex(extent, extent);
}

/** An index, `(3, 0)`, in as many dimensions as the extent that it lies in. */
export function formatIndex({ x, y, z }: Dim3, extent: Dim3): string {
  if (extent.z > 1) return `(${x}, ${y}, ${z})`;
  return extent.y > 1 ? `(${x}, ${y})` : `(${x})`;
}

function objectExtents(value: unknown, field: string): number[] {
  if (typeof value !== "object" || value === null || !("x" in value)) {
    throw new InputError(`${field} must be a number, a list or { x, y, z }, got ${describe(value)}`);
  }
  const { x, y = 1, z = 1 } = value as Dim3;
  return [x, y, z];
}

/** As JSON, and NaN and Infinity by their names. */
function describe(value: unknown): string {
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return `[${value.map(describe).join(",")}]`;
  if (typeof value !== "object" || value === null)
    return typeof value === "bigint" ? `${value}n` : (JSON.stringify(value) ?? String(value));
  return `{${Object.entries(value)
    .map(([name, extent]) => `"${name}":${describe(extent)}`)
    .join(",")}}`;
}

// A run as bytes that any later version can read: gzip of a JSON text in which each column of numbers is named by its place, and
// behind it the columns, little-endian. Knows nothing of what a run consists of.
import { gunzipSync, gzipSync } from "node:zlib";

type Column = Float64Array | Int32Array;

/** `[column, where it begins, how many numbers]` in the place of a column. */
type Reference = readonly ["f64" | "i32", number, number];

const mark = "$column";

/** Numbers in typed arrays keep every bit, NaN as well; everything else must be JSON. */
export function packRun(run: unknown): Uint8Array {
  const columns: { readonly at: number; readonly column: Column }[] = [];
  let length = 0;
  const text = JSON.stringify(run, (_key, value: unknown) => {
    if (!(value instanceof Float64Array || value instanceof Int32Array)) return value;
    const reference: Reference = [value instanceof Float64Array ? "f64" : "i32", length, value.length];
    columns.push({ at: length, column: value });
    length += Math.ceil(value.byteLength / 8) * 8;
    return { [mark]: reference };
  });
  const head = new TextEncoder().encode(text);
  const base = Math.ceil((4 + head.length) / 8) * 8;
  const bytes = new Uint8Array(base + length);
  new DataView(bytes.buffer).setUint32(0, head.length, true);
  bytes.set(head, 4);
  // Every machine that Node runs on is little-endian.
  for (const { at, column } of columns) {
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), base + at);
  }
  return gzip(bytes);
}

/** Bytes of its own, not of a pool, so that they can go to another thread. Quickly: more effort gains little on such numbers. */
export function gzip(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(gzipSync(bytes, { level: 1 }));
}

/** What `packRun` was given. */
export function unpackRun(packed: Uint8Array): unknown {
  const bytes = Uint8Array.from(gunzipSync(packed));
  const headLength = new DataView(bytes.buffer).getUint32(0, true);
  const base = Math.ceil((4 + headLength) / 8) * 8;
  return JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + headLength)), (_key, value: unknown) => {
    if (value === null || typeof value !== "object" || !(mark in value)) return value;
    const [type, at, count] = value[mark] as Reference;
    return type === "f64"
      ? new Float64Array(bytes.buffer, base + at, count)
      : new Int32Array(bytes.buffer, base + at, count);
  });
}

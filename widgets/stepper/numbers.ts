// Values and counts as people read them: exact, typed, with units. Knows nothing of what they mean.
import { type DTypeName, dtypes } from "../../src/core/dtype.js";
import { readElement as elementAt, formatElement } from "../../src/core/elements.js";

export type RegisterValue = number | bigint | boolean;

/** A count with thousands apart: `1,284`. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** `1 lane`, `23 lanes`, `1,284 bytes`. */
export function counted(value: number, one: string, many: string = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A share in whole percent; one decimal where it would read as all or nothing but is not. */
export function percent(part: number, whole: number): string {
  const share = (100 * part) / whole;
  const rounded = Math.round(share);
  const misleading = (rounded === 100 && part !== whole) || (rounded === 0 && part !== 0);
  return `${misleading ? share.toFixed(1) : rounded} %`;
}

/** The shortest text that reads back as the same value of the type. */
export function exact(value: RegisterValue, type: string): string {
  if (typeof value !== "number" || Number.isInteger(value)) return minus(Object.is(value, -0) ? "-0" : String(value));
  return minus(isDTypeName(type) ? formatElement(dtypes[type], value) : String(value));
}

/** At most so many significant digits, for a cell of a grid; whole numbers stay whole. */
export function brief(value: number | bigint, digits: number): string {
  if (typeof value === "bigint") return minus(value.toString());
  if (!Number.isFinite(value)) return minus(String(value));
  if (Number.isInteger(value) && Math.abs(value) < 10 ** (digits + 2)) return minus(String(value));
  for (let kept = digits; kept >= 2; kept--) {
    const text = String(Number(value.toPrecision(kept)));
    if (text.length <= digits + 3) return minus(text);
  }
  return minus(value.toExponential(Math.max(0, digits - 3)).replace("e+", "e"));
}

/** `0x7f0000000040` */
export function hex(address: number): string {
  return `0x${address.toString(16)}`;
}

/** The value of an element type at an offset. */
export function readElement(bytes: Uint8Array, offset: number, dtype: DTypeName): number | bigint {
  return elementAt(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset, dtypes[dtype]);
}

export function isDTypeName(name: string): name is DTypeName {
  return Object.hasOwn(dtypes, name);
}

function minus(text: string): string {
  return text.startsWith("-") ? `−${text.slice(1)}` : text;
}

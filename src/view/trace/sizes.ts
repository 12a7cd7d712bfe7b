// Bytes as people read them. Knows nothing of what they are of.
import { formatNumber } from "../table.js";

/** `12.3 MiB` */
export function formatBytes(bytes: number): string {
  const [factor, unit] = byteUnit(bytes);
  return `${formatNumber(bytes / factor)} ${unit}`;
}

/** The unit in which so many bytes are at least 1. */
export function byteUnit(bytes: number): readonly [factor: number, unit: string] {
  return units.find(([size]) => Math.abs(bytes) >= size) ?? [1, "B"];
}

const units: readonly (readonly [number, string])[] = [
  [2 ** 30, "GiB"],
  [2 ** 20, "MiB"],
  [2 ** 10, "KiB"],
];

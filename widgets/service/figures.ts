// Figures of a service as people read them: times in the unit that suits them, rates, shares. Knows no DOM.
import { formatFigure } from "../validation/figures.js";

const absent = "\u2013";

/** 850 ns, 12.4 µs, 3.2 ms, 4.1 s: of seconds. */
export function formatTime(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return absent;
  // Rounded first, so that 0.9999 ms is 1 ms and not 1000 µs.
  const rounded = Number(seconds.toPrecision(3));
  const size = Math.abs(rounded);
  if (size === 0) return "0 ms";
  if (size >= 1) return `${three(rounded)} s`;
  if (size >= 1e-3) return `${three(rounded * 1e3)} ms`;
  if (size >= 1e-6) return `${three(rounded * 1e6)} µs`;
  return `${three(rounded * 1e9)} ns`;
}

/** The same, of milliseconds, as summaries have them. */
export function formatMs(milliseconds: number | null | undefined): string {
  return milliseconds === null || milliseconds === undefined ? absent : formatTime(milliseconds / 1e3);
}

/** 156.1 /s */
export function formatRate(perSecond: number | null | undefined): string {
  return perSecond === null || perSecond === undefined ? absent : `${formatFigure(perSecond)} /s`;
}

/** 1.4 %, 100 % */
export function formatShare(percent: number | null | undefined): string {
  if (percent === null || percent === undefined) return absent;
  return `${percent >= 99.95 ? Math.round(percent) : Number(percent.toPrecision(percent < 10 ? 2 : 3))} %`;
}

/** 12,345 */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** 0.31, 4.2, 1,204 */
export function formatMean(value: number | null | undefined): string {
  if (value === null || value === undefined) return absent;
  if (value === 0) return "0";
  return Math.abs(value) < 0.01 ? "< 0.01" : formatFigure(Number(value.toPrecision(3)));
}

/** +12.4 ms: a difference keeps its sign. */
export function signed(text: string, value: number): string {
  return value > 0 ? `+${text}` : text.replace(/^-/, "\u2212");
}

/** A tick of an axis of times, in seconds. */
export function tickTime(seconds: number): string {
  return seconds === 0 ? "0" : formatTime(seconds);
}

/** 8 MiB, 128 kB */
export function formatBytes(bytes: number): string {
  for (const [size, unit] of [
    [2 ** 30, "GiB"],
    [2 ** 20, "MiB"],
    [2 ** 10, "KiB"],
  ] as const) {
    if (bytes >= size) return `${three(bytes / size)} ${unit}`;
  }
  return `${bytes} B`;
}

function three(value: number): string {
  return Math.abs(value) >= 1000 ? formatFigure(value) : String(Number(value.toPrecision(3)));
}

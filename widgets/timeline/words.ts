// Times, sizes and events in words and figures, for every panel. Knows no DOM.
import { formatNanoseconds, type Timeline } from "../../src/trace/timeline/index.js";
import { roleLooks } from "../../src/view/timeline/roles.js";
import { counted, count as formatCount } from "../stepper/numbers.js";
import { durationOf, type Shown } from "./opened.js";
import type { Session } from "./session.js";
import type { EventRef, TimeRange } from "./shown.js";

export { counted, formatCount };

export const absent = "\u2013";

/** Every nanosecond: `1,234,567 ns`. */
export function exactNanoseconds(time: number): string {
  return `${formatCount(time)} ns`;
}

/** `1.235 ms (1,234,567 ns)`; below a microsecond they are one. */
export function bothTimes(time: number): string {
  return Math.abs(time) < 1000 ? exactNanoseconds(time) : `${formatNanoseconds(time)} (${exactNanoseconds(time)})`;
}

/**
 * Moments of one list in one unit, each with as many digits as all of them need to be exact: `270.10025 ms` beside `270.10100 ms`, so that
 * neighbours are told apart.
 */
export function momentFormat(moments: Iterable<number>): (moment: number) => string {
  let step = 1e9;
  let most = 0;
  for (const moment of moments) {
    while (step > 1 && moment % step !== 0) step /= 10;
    most = Math.max(most, Math.abs(moment));
  }
  const [size, unit] = timeUnits.find(([least]) => most >= least) ?? [1, "ns"];
  const digits = Math.max(0, Math.round(Math.log10(size / step)));
  return (moment) => `${(moment / size).toFixed(digits)} ${unit}`;
}

const timeUnits: readonly (readonly [least: number, unit: string])[] = [
  [1e9, "s"],
  [1e6, "ms"],
  [1e3, "\u00b5s"],
];

/** `4,000,000 (3.815 MiB)`. */
export function formatBytes(bytes: number): string {
  const [size, unit] = byteUnits.find(([least]) => Math.abs(bytes) >= least) ?? [1, ""];
  return unit === "" ? formatCount(bytes) : `${formatCount(bytes)} (${Number((bytes / size).toPrecision(4))} ${unit})`;
}

const byteUnits: readonly (readonly [least: number, unit: string])[] = [
  [2 ** 30, "GiB"],
  [2 ** 20, "MiB"],
  [2 ** 10, "KiB"],
];

/** `12.3 %`; what is less than a tenth of one says so. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.001) return "< 0.1 %";
  return `${(share * 100).toFixed(1)} %`;
}

export function formatRange({ start, end }: TimeRange): string {
  const digits = digitsBeside(end - start, Math.max(Math.abs(start), Math.abs(end)));
  return `${formatNanoseconds(end - start)}, from ${formatNanoseconds(start, digits)} to ${formatNanoseconds(end, digits)}`;
}

/** What is short and late in a trace needs more digits for its moments than they have elsewhere, or they would read the same. */
function digitsBeside(span: number, moment: number): number {
  return Math.min(15, Math.max(4, Math.ceil(Math.log10(Math.max(1, moment) / Math.max(1, span))) + 2));
}

/** How long an event takes, as a table says it. */
export function durationWords(timeline: Timeline, event: number): string {
  const { form } = timeline.event(event);
  if (form === "unfinished") return "no end recorded";
  return form === "instant" ? "instant" : formatNanoseconds(timeline.events.duration[event]);
}

/** An event as a screen reader says it: what, how long, when, where. */
export function eventInWords(shown: Shown, ref: EventRef): string {
  const timeline = shown.timelineOf(ref);
  const { name, role, form, track, process } = timeline.event(ref.event);
  const time =
    form === "instant"
      ? "an instant"
      : form === "unfinished"
        ? "which has no recorded end"
        : `which takes ${formatNanoseconds(durationOf(timeline, ref.event))}`;
  const of = shown.traces.length > 1 ? ` of ${shown.traces[ref.trace].title}` : "";
  const kind = roleWord(role);
  const start = shown.startOf(ref);
  const at = formatNanoseconds(start, digitsBeside(durationOf(timeline, ref.event), start));
  return `${name}, ${kind}, ${time}, at ${at} on ${track.name} of ${process.name}${of}.`;
}

/** `kernel`, `driver call`. */
export function roleWord(role: keyof typeof roleLooks): string {
  return roleLooks[role].words === "copies" ? "copy" : roleLooks[role].words.replace(/s$/, "").replace("fills", "fill");
}

/** What the picture shows, as a screen reader says it. */
export function pictureInWords(session: Session): string {
  const { shown, range, isVisible } = session;
  let events = 0;
  let tracks = 0;
  for (const [trace, { timeline }] of shown.traces.entries()) {
    const { start, track } = timeline.events;
    const [from, to] = [range.start - shown.offsets[trace], range.end - shown.offsets[trace]];
    const isShown = Uint8Array.from(timeline.tracks, ({ index }) => (isVisible(trace, index) ? 1 : 0));
    const isSeen = new Uint8Array(timeline.tracks.length);
    for (let event = 0; event < start.length && start[event] < to; event++) {
      if (isShown[track[event]] === 0 || start[event] + durationOf(timeline, event) < from) continue;
      events++;
      isSeen[track[event]] = 1;
    }
    tracks += isSeen.reduce((sum, seen) => sum + seen, 0);
  }
  const what = `${counted(events, "event")} on ${counted(tracks, "track")}`;
  return `Timeline, ${formatRange(range)} shown: ${what}. Press t for a table of them, question mark for all keys.`;
}

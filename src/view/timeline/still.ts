// A timeline as a picture that stands still: SVG for where no script runs, and for whoever wants to keep what a view shows. Holds on
// light and dark pages. Knows no widget.
import { formatNanoseconds, placeEvents, type Timeline, tracksInOrder } from "../../trace/timeline/index.js";
import { escapeXml } from "../chart/chart.js";
import { colours, wordFont } from "../theme.js";
import { roleLooks } from "./roles.js";
import { rowHeight, type StillScale, type StillTrack, stillTracks } from "./still-rows.js";
import { ticksBetween } from "./time-axis.js";

/** One trace of the picture. */
export interface StillTrace {
  readonly timeline: Timeline;
  /** Said above it where there are two. */
  readonly title: string;
  /** What happened in it, in a sentence. */
  readonly sentence: string;
  /** Nanoseconds by which it is moved to the right. 0 unless given. */
  readonly offset?: number;
  /** Indices of the tracks that are drawn, in their order; all unless given. */
  readonly tracks?: readonly number[];
  /** Indices of the counters that are drawn; all unless given. */
  readonly counters?: readonly number[];
}

export interface StillOptions {
  /** The part of time that is drawn, in nanoseconds, which is said above it, with a name where it has one; all unless given. */
  readonly span?: { readonly start: number; readonly end: number; readonly name?: string } | undefined;
  /** Pixels; 960 unless given. */
  readonly width?: number;
  /** The most tracks that are drawn of a trace; how many are left is said. 24 unless given. */
  readonly mostTracks?: number;
}

const gutter = 178;
const characterWidth = 5.9;
const counterHeight = 28;

/** The picture as SVG. */
export function timelineSvg(
  traces: readonly StillTrace[],
  { span, width = 960, mostTracks = 24 }: StillOptions = {},
): string {
  const end = Math.max(1, ...traces.map(({ timeline, offset = 0 }) => timeline.end + offset));
  const begin = Math.min(0, ...traces.map(({ offset = 0 }) => offset));
  const { start, end: to } = span ?? { start: begin, end };
  const picture = new Picture(width);
  const hatched = new Set<string>();
  for (const trace of traces) {
    const { timeline, offset = 0, sentence, title } = trace;
    // A title that is the file's name stands at the beginning of the sentence.
    const words = traces.length > 1 && !sentence.startsWith(title) ? `${title}: ${sentence}` : sentence;
    for (const line of wrapped(words, width)) picture.words(line);
    for (const note of notesInWords(timeline)) for (const line of wrapped(note, width)) picture.soft(line);
    if (start > begin || to < end) picture.soft(partInWords({ start, end: to, name: span?.name }, end - begin));
    picture.axis(start, to);
    const scale: StillScale = { from: start - offset, to: to - offset, left: gutter, width: width - gutter - 8 };
    const drawn = stillTracks(timeline, placeEvents(timeline), scale);
    const wanted = (trace.tracks ?? tracksInOrder(timeline)).filter((track) => drawn[track].events > 0);
    let process = -1;
    for (const index of wanted.slice(0, mostTracks)) {
      const track = timeline.tracks[index];
      if (track.process !== process) picture.heading(timeline.processes[track.process].name);
      process = track.process;
      for (const role of drawn[index].paths.keys()) if (roleLooks[role].isHatched) hatched.add(role);
      picture.track(track.name, drawn[index]);
    }
    const counters = trace.counters ?? timeline.counters.keys();
    for (const index of counters) picture.counter(timeline.counters[index], scale);
    const left = wanted.length - mostTracks;
    if (left > 0) picture.soft(`${left} more track${left === 1 ? " is" : "s are"} not drawn here.`);
    const deeper = wanted.slice(0, mostTracks).filter((track) => drawn[track].deeper > 0).length;
    if (deeper > 0) {
      picture.soft(`Of ${deeper} track${deeper === 1 ? "" : "s"} the deepest rows are not drawn here.`);
    }
  }
  return picture.done(stillWords(traces));
}

/** Traces in words, for a terminal and where no picture is drawn; pictures have them as their titles. */
export function stillWords(traces: readonly Pick<StillTrace, "timeline" | "sentence">[]): string {
  return traces.map(({ timeline, sentence }) => [sentence, ...notesInWords(timeline)].join("\n")).join("\n\n");
}

/** Grows downwards. */
class Picture {
  private y = 4;
  private readonly parts: string[] = [];
  private readonly roles = new Set<keyof typeof roleLooks>();

  constructor(private readonly width: number) {}

  words(text: string): void {
    this.y += 17;
    this.text(text, { x: 4, y: this.y - 4, size: 12.5 });
  }

  soft(text: string): void {
    this.y += 15;
    this.text(text, { x: 4, y: this.y - 4, size: 11 });
  }

  heading(text: string): void {
    this.y += 18;
    this.text(fitted(text, this.width - 8), { x: 4, y: this.y - 5, size: 11.5, weight: 600 });
  }

  axis(from: number, to: number): void {
    this.y += 20;
    const wide = this.width - gutter - 8;
    const ticks = ticksBetween(from, to, Math.floor(wide / 110));
    const xOf = (at: number): number => gutter + ((at - from) / Math.max(1, to - from)) * wide;
    const marks = ticks.map(({ at }) => `M${xOf(at).toFixed(1)} ${this.y - 4}v4`).join("");
    this.parts.push(
      `<path d="M${gutter} ${this.y}h${wide}${marks}" fill="none" stroke="${colours.ink}" stroke-opacity="0.5"/>`,
    );
    for (const { at, label } of ticks) {
      const x = xOf(at);
      const anchor = x > this.width - 30 ? "end" : x < gutter + 20 ? "start" : "middle";
      this.text(label, { x, y: this.y - 7, size: 10.5, anchor });
    }
    this.y += 4;
  }

  track(name: string, { paths, unfinished, labels, rows }: StillTrack): void {
    this.text(fitted(name, gutter - 14), { x: 12, y: this.y + 10.5, size: 11 });
    this.parts.push(`<g transform="translate(0 ${this.y})">`);
    for (const [role, path] of paths) {
      this.roles.add(role);
      this.parts.push(`<path d="${path}" fill="${roleLooks[role].colour}"/>`);
      if (roleLooks[role].isHatched) this.parts.push(`<path d="${path}" fill="url(#hatch)"/>`);
    }
    if (unfinished !== "") {
      this.parts.push(
        `<path d="${unfinished}" fill="${colours.ink}" fill-opacity="0.25" stroke="${colours.ink}" stroke-dasharray="3 2"/>`,
      );
    }
    for (const { text, x, width, row } of labels) {
      const fitting = fitted(text, width - 6);
      if (fitting === "") continue;
      this.parts.push(
        `<text x="${(x + 3).toFixed(1)}" y="${row * rowHeight + 10}" font-size="10" fill="#fff">${escapeXml(fitting)}</text>`,
      );
    }
    this.parts.push("</g>");
    this.y += rows * rowHeight + 2;
  }

  counter({ name, at, value }: Timeline["counters"][number], { from, to, left, width }: StillScale): void {
    let [least, most] = [0, 0];
    for (const each of value) {
      least = Math.min(least, each);
      most = Math.max(most, each);
    }
    const xOf = (time: number): number => left + Math.min(1, Math.max(0, (time - from) / (to - from))) * width;
    const yOf = (each: number): number =>
      counterHeight - ((each - least) / Math.max(most - least, 1e-300)) * counterHeight;
    const path = stepPath({ at, value }, { from, to }, xOf, yOf);
    this.text(fitted(name, gutter - 14), { x: 12, y: this.y + 11, size: 11 });
    this.text(`up to ${most.toLocaleString("en-US")}`, { x: 12, y: this.y + 24, size: 9.5 });
    this.parts.push(
      `<path transform="translate(0 ${this.y})" d="${path}" fill="none" stroke="${colours.series[0]}" stroke-width="1.2"/>`,
    );
    this.y += counterHeight + 5;
  }

  /** With what the colours mean below. */
  done(description: string): string {
    let x = 4;
    if (this.roles.size > 0) this.y += 20;
    for (const role of this.roles) {
      const { words, colour, isHatched } = roleLooks[role];
      const wide = 22 + words.length * characterWidth + 14;
      if (x + wide > this.width) {
        x = 4;
        this.y += 16;
      }
      const place = `x="${x}" y="${this.y - 10}" width="14" height="10"`;
      this.parts.push(`<rect ${place} fill="${colour}"/>`);
      if (isHatched) this.parts.push(`<rect ${place} fill="url(#hatch)"/>`);
      this.text(words, { x: x + 19, y: this.y - 1, size: 11 });
      x += wide;
    }
    const height = Math.ceil(this.y + 6);
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${this.width} ${height}" width="${this.width}" height="${height}" ` +
      `role="img" style="max-width:100%;height:auto" font-family="${escapeXml(wordFont)}">` +
      `<title>${escapeXml(description)}</title>` +
      '<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">' +
      '<rect width="1.6" height="5" fill="#fff" fill-opacity="0.35"/></pattern></defs>' +
      `${this.parts.join("\n")}</svg>`
    );
  }

  private text(
    text: string,
    {
      x,
      y,
      size,
      weight,
      anchor = "start",
    }: { x: number; y: number; size: number; weight?: number; anchor?: "start" | "middle" | "end" },
  ): void {
    const heavy = weight === undefined ? "" : ` font-weight="${weight}"`;
    const at = anchor === "start" ? "" : ` text-anchor="${anchor}"`;
    this.parts.push(
      `<text x="${x.toFixed(1)}" y="${y}" font-size="${size}" fill="${colours.ink}"${heavy}${at}>${escapeXml(text)}</text>`,
    );
  }
}

/** Steps within a part of time, from the value that holds at its beginning; those within half a pixel are one, as high and as low as they go. */
function stepPath(
  { at, value }: Pick<Timeline["counters"][number], "at" | "value">,
  { from, to }: Pick<StillScale, "from" | "to">,
  xOf: (time: number) => number,
  yOf: (value: number) => number,
): string {
  const after = at.findIndex((time) => time > from);
  const first = Math.max(0, (after < 0 ? at.length : after) - 1);
  if (first >= at.length || at[first] > to) return "";
  const place = (number: number): string => number.toFixed(1);
  let path = `M${place(xOf(at[first]))} ${place(yOf(value[first]))}`;
  for (let i = first + 1; i < at.length && at[i] <= to; ) {
    const x = xOf(at[i]);
    let [low, high] = [value[i], value[i]];
    for (i++; i < at.length && at[i] <= to && xOf(at[i]) - x < 0.5; i++) {
      low = Math.min(low, value[i]);
      high = Math.max(high, value[i]);
    }
    const last = value[i - 1];
    path += `H${place(x)}${low === high ? "" : `V${place(yOf(high))}V${place(yOf(low))}`}V${place(yOf(last))}`;
  }
  return `${path}H${place(xOf(to))}`;
}

/** As much of a text as a width holds, with a sign that there is more; nothing where not even a letter does. */
function fitted(text: string, width: number): string {
  const most = Math.floor(width / characterWidth);
  if (text.length <= most) return text;
  return most < 3 ? "" : `${text.slice(0, most - 1)}\u2026`;
}

function wrapped(text: string, width: number): string[] {
  const most = Math.floor(width / 6.6);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > most) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function notesInWords({ notes }: Timeline): string[] {
  return notes.map(({ what, count, first }) => `${count.toLocaleString("en-US")} \u00d7 ${what} (first: ${first})`);
}

/** `Shown: inference, 1.614 ms of 272 ms.` */
function partInWords(
  { start, end, name }: { start: number; end: number; name: string | undefined },
  all: number,
): string {
  const what = name === undefined ? "" : `${name}, `;
  return `Shown: ${what}${formatNanoseconds(end - start)} of ${formatNanoseconds(all)}.`;
}

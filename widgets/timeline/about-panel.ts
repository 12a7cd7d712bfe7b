// What the traces are, what of their files was not read, and what of them is not here. Knows no drawing.
import { traceFormats } from "../../src/trace/timeline/index.js";
import { element } from "../stepper/dom.js";
import type { OpenedTrace } from "./opened.js";
import type { Panel } from "./panel.js";
import type { Session } from "./session.js";
import { bothTimes, counted, formatBytes, formatCount } from "./words.js";

export class AboutPanel implements Panel {
  readonly id = "about";
  readonly element: HTMLElement = element("div", { class: "about" });
  private madeOf: unknown;

  constructor(private readonly session: Session) {}

  title(): string {
    const notes = notesOf(this.session.shown.traces);
    return notes === 0 ? "About" : `About (${counted(notes, "note")})`;
  }

  update(): void {
    const { traces } = this.session.shown;
    if (this.madeOf === traces) return;
    this.madeOf = traces;
    this.element.replaceChildren(...traces.flatMap(parts));
  }
}

/** Properties of devices and the like take pages. */
const longest = 600;

function shortened(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}\u2026 (${formatCount(text.length)} characters)`;
}

/** Kinds of what was not read. */
export function notesOf(traces: readonly OpenedTrace[]): number {
  return traces.reduce((sum, { timeline, leftOut }) => sum + timeline.notes.length + (leftOut === "" ? 0 : 1), 0);
}

function parts({ title, timeline, leftOut, size }: OpenedTrace): HTMLElement[] {
  const { source, events, tracks, processes, about, notes, origin, end, flows, counters } = timeline;
  const facts: [string, string | undefined][] = [
    ["format", traceFormats[source.format]],
    ["Chrome trace of it", source.file],
    ["device", source.device],
    ["host", source.host],
    ["clock", source.clock],
    ["made by", source.simulated === undefined ? undefined : source.simulated ? "a simulation" : "a recording"],
    ["time 0 is", origin === 0n ? undefined : `${origin.toLocaleString("en-US")} ns of that clock`],
    ["length", bothTimes(end)],
    [
      "holds",
      `${counted(events.length, "event")} on ${counted(tracks.length, "track")} of ${formatCount(processes.length)} process${processes.length === 1 ? "" : "es"}`,
    ],
    ["arrows", flows.length === 0 ? undefined : formatCount(flows.length)],
    ["counters", counters.length === 0 ? undefined : formatCount(counters.length)],
    ["bytes here", formatBytes(size)],
  ];
  const own = Object.entries(about)
    .map(([name, value]): [string, string] => [
      name,
      shortened(typeof value === "string" ? value : JSON.stringify(value)),
    ])
    // A file's header repeats some of what is said of every trace.
    .filter(([name, value]) => !facts.some(([other, said]) => other === name && said === value));
  const rows = [...facts, ...own].filter((fact): fact is [string, string] => fact[1] !== undefined);
  const list = element(
    "dl",
    {},
    ...rows.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))),
  );
  const left = [
    ...notes.map(({ what, count, first }) => `${formatCount(count)} \u00d7 ${what} (first: ${first})`),
    ...(leftOut === "" ? [] : [leftOut]),
  ];
  const said =
    left.length === 0
      ? element("p", {}, "Everything in the file is on the timeline.")
      : element("div", {}, "Not as in the file:", element("ul", {}, ...left.map((words) => element("li", {}, words))));
  return [element("h4", {}, title), said, list];
}

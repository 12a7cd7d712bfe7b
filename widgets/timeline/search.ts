// Which events a search hits, a bit an event. A name is read once however many events have it, and arguments in slices, so that a page
// with a million events stays awake. Knows no DOM.
import type { Timeline } from "../../src/trace/timeline/index.js";
import { durationOf, type OpenedTrace } from "./opened.js";
import type { Field, Query, TextTerm } from "./query.js";

export interface Hits {
  /** For each trace a bit an event: `bits[event >> 3] & (1 << (event & 7))`. */
  readonly bits: readonly Uint8Array[];
  readonly count: number;
}

/**
 * Looks for a query in slices: each step of the generator takes a few milliseconds at most, and says what share is done; the hits are
 * what it returns.
 */
export function* search(traces: readonly Pick<OpenedTrace, "timeline">[], query: Query): Generator<number, Hits> {
  const all = traces.reduce((sum, { timeline }) => sum + timeline.events.length, 0);
  const bits = traces.map(({ timeline }) => new Uint8Array(Math.ceil(timeline.events.length / 8)));
  let count = 0;
  let done = 0;
  for (const [trace, { timeline }] of traces.entries()) {
    const matches = matcherOf(timeline, query);
    for (let event = 0; event < timeline.events.length; event++) {
      if (matches(event)) {
        bits[trace][event >> 3] |= 1 << (event & 7);
        count++;
      }
      if ((++done & (slice - 1)) === 0) yield done / all;
    }
  }
  return { bits, count };
}

/** Events between two rests; arguments of so many are some milliseconds of work. */
const slice = 1 << 12;

function matcherOf(timeline: Timeline, { terms }: Query): (event: number) => boolean {
  if (terms.length === 0) return () => false;
  // What is cheap to say comes first.
  const tests = terms
    .map((term): { readonly cost: number; readonly test: (event: number) => boolean } => {
      if (term.kind === "time") {
        const { than, is } = term;
        return {
          cost: 0,
          test: (event) => (is === "longer" ? durationOf(timeline, event) > than : durationOf(timeline, event) < than),
        };
      }
      return { cost: term.fields.includes("arguments") ? 2 : 1, test: textTest(timeline, term) };
    })
    .sort((a, b) => a.cost - b.cost)
    .map(({ test }) => test);
  return (event) => tests.every((test) => test(event));
}

function textTest(timeline: Timeline, { fields, pattern, isExcluded }: TextTerm): (event: number) => boolean {
  const { events, tracks, processes, texts } = timeline;
  const looksIn = (field: Field): boolean => fields.includes(field);
  const text = once(texts.length, (number) => pattern.test(texts[number]));
  const track = once(tracks.length, (number) => {
    const { name, process } = tracks[number];
    return pattern.test(`${processes[process].name} ${name}`);
  });
  return (event) => {
    const isIn =
      (looksIn("name") && text(events.name[event])) ||
      (looksIn("category") && text(events.category[event])) ||
      (looksIn("track") && track(events.track[event])) ||
      (looksIn("arguments") && events.argumentsAt[event] > 0 && pattern.test(timeline.argumentTextOf(event)));
    return isIn !== isExcluded;
  };
}

/** A test of few things that is asked of many: each is tested once. */
function once(length: number, test: (number: number) => boolean): (number: number) => boolean {
  const known = new Uint8Array(length);
  return (number) => {
    if (known[number] === 0) known[number] = test(number) ? 2 : 1;
    return known[number] === 2;
  };
}

/** Whether an event is a hit. */
export function isHit(hits: Hits, trace: number, event: number): boolean {
  return (hits.bits[trace][event >> 3] & (1 << (event & 7))) !== 0;
}

// The traces of a widget's state, opened: what the picture and every panel read. Knows no DOM.
import type { Timeline } from "../../src/trace/timeline/index.js";
import { unpackTimeline } from "../../src/view/timeline/packed.js";
import type { TraceState } from "../../src/view/timeline/state.js";
import type { EventRef } from "./shown.js";

export interface OpenedTrace {
  readonly title: string;
  readonly sentence: string;
  readonly leftOut: string;
  readonly timeline: Timeline;
  /** Bytes that it took to bring it here. */
  readonly size: number;
}

/** Opens a trace. Throws Error with a sentence for what is none. */
export async function openTrace({ title, sentence, leftOut, bytes }: TraceState): Promise<OpenedTrace> {
  if (!(bytes instanceof Uint8Array)) throw new Error(`${title}: its data did not come along.`);
  if (typeof DecompressionStream === "undefined") {
    throw new Error("This browser cannot open compressed data: it has no DecompressionStream.");
  }
  try {
    return { title, sentence, leftOut, timeline: unpackTimeline(await inflated(bytes)), size: bytes.length };
  } catch (error) {
    throw new Error(`The data of ${title} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

async function inflated(bytes: Uint8Array): Promise<Uint8Array> {
  // A copy of its own, since a Blob takes no view of memory that may be shared.
  const stream = new Blob([bytes.slice()]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Traces on one axis, and the events of all of them numbered through. */
export class Shown {
  /** The number of each trace's first event. */
  readonly firsts: readonly number[];
  /** Events of all traces. */
  readonly length: number;

  constructor(
    readonly traces: readonly OpenedTrace[],
    /** Nanoseconds by which each is moved to the right. */
    readonly offsets: readonly number[],
  ) {
    const firsts: number[] = [];
    let length = 0;
    for (const { timeline } of traces) {
      firsts.push(length);
      length += timeline.events.length;
    }
    this.firsts = firsts;
    this.length = length;
  }

  numberOf({ trace, event }: EventRef): number {
    return this.firsts[trace] + event;
  }

  refOf(number: number): EventRef {
    const trace = this.firsts.findLastIndex((first) => first <= number);
    return { trace, event: number - this.firsts[trace] };
  }

  timelineOf({ trace }: EventRef): Timeline {
    return this.traces[trace].timeline;
  }

  /** Where an event begins on the axis. */
  startOf({ trace, event }: EventRef): number {
    return this.traces[trace].timeline.events.start[event] + this.offsets[trace];
  }

  /** Where it ends there; the end of its trace where none was recorded. */
  endOf(ref: EventRef): number {
    return this.startOf(ref) + durationOf(this.timelineOf(ref), ref.event);
  }
}

const unfinished = 2;

/** How long an event takes; to the end of the trace where its own end was not recorded. */
export function durationOf({ events, end }: Timeline, event: number): number {
  return events.form[event] === unfinished ? end - events.start[event] : events.duration[event];
}

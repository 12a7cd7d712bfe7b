// The stages that programs marked in traces, on the axis of a picture, and the one at which a picture opens. Knows no picture.
import { driverCallCategory } from "../../trace/driver-call.js";
import { formNumber, roleNumber, type Timeline } from "../../trace/timeline/index.js";
import type { TimeRange } from "./state.js";

/** A stage of a program: `load weights`. Of two traces it reaches over that of each. */
export interface Stage extends TimeRange {
  readonly name: string;
  /** By trace: nanoseconds from its beginning to its end there; undefined where it has no such stage. */
  readonly lengths: readonly (number | undefined)[];
}

/** What is read of a trace. */
type StagedTrace = Pick<Timeline, "events" | "texts" | "end" | "argumentsOf">;

/** The stages by when they first begin; none where no range is marked as one. `offsets` move the traces to the right. */
export function stagesOf(traces: readonly StagedTrace[], offsets: readonly number[]): Stage[] {
  const ofTraces = traces.map((trace, i) => stageTimes(trace, offsets[i]));
  const names = new Set(ofTraces.flatMap((stages) => [...stages.keys()]));
  return Array.from(names, (name): Stage => {
    const own = ofTraces.map((stages) => stages.get(name));
    const there = own.filter((times) => times !== undefined);
    return {
      name,
      start: Math.min(...there.map(({ start }) => start)),
      end: Math.max(...there.map(({ end }) => end)),
      lengths: own.map((times) => times && times.end - times.start),
    };
  }).sort((a, b) => a.start - b.start);
}

/**
 * The stage at which a picture opens: the one whose kernels take the most time or, where no trace says when kernels ran, that launches
 * the most. A program takes a thousand times as long to start as for a short inference, which would be too narrow to be seen. Undefined
 * where there are no kernels in any.
 */
export function openingStage(
  stages: readonly Stage[],
  traces: readonly StagedTrace[],
  offsets: readonly number[],
): Stage | undefined {
  if (stages.length === 0) return undefined;
  const isTimed = traces.some(({ events }) => events.role.includes(kernel));
  const work = new Map<string, number>();
  for (const [i, trace] of traces.entries()) {
    const { events, texts } = trace;
    const isLaunch = texts.map((text) => driverCallCategory(text) === "kernel");
    // By the trace's own stages: another's may reach over all of them.
    const own = [...stageTimes(trace, offsets[i])];
    for (let event = 0; event < events.length; event++) {
      if (events.role[event] !== (isTimed ? kernel : call)) continue;
      if (!isTimed && !isLaunch[events.name[event]]) continue;
      const at = events.start[event] + offsets[i];
      const name = own.find(([, { start, end }]) => at >= start && at < end)?.[0];
      if (name !== undefined) work.set(name, (work.get(name) ?? 0) + (isTimed ? events.duration[event] : 1));
    }
  }
  const [most] = [...work].sort((one, other) => other[1] - one[1]);
  return most === undefined || most[1] === 0 ? undefined : stages.find(({ name }) => name === most[0]);
}

/** A stage and a little of what lies before and behind it. */
export function aroundStage({ start, end }: TimeRange): TimeRange {
  const free = Math.max(1, 0.02 * (end - start));
  return { start: start - free, end: end + free };
}

const { call, kernel, range } = roleNumber;
const { unfinished } = formNumber;

function stageTimes(trace: StagedTrace, offset: number): ReadonlyMap<string, TimeRange> {
  const { events, texts } = trace;
  const stages = new Map<string, TimeRange>();
  for (const event of stageEvents(trace)) {
    const name = texts[events.name[event]];
    const start = events.start[event] + offset;
    const end = events.form[event] === unfinished ? trace.end + offset : start + events.duration[event];
    const known = stages.get(name);
    stages.set(name, { start: Math.min(start, known?.start ?? start), end: Math.max(end, known?.end ?? end) });
  }
  return stages;
}

/** Only of the first range of each name it is read what it marks: a trace may have a million, and those of one name mark the same. */
function stageEvents(trace: StagedTrace): number[] {
  const { events } = trace;
  const isStage = new Map<number, boolean>();
  const found: number[] = [];
  for (let event = 0; event < events.length; event++) {
    if (events.role[event] !== range) continue;
    const name = events.name[event];
    let known = isStage.get(name);
    if (known === undefined) {
      known = trace.argumentsOf(event)["range"] === "stage";
      isStage.set(name, known);
    }
    if (known) found.push(event);
  }
  return found;
}

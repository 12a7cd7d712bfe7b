// The stages that programs marked in traces, on the axis of a picture, and the one at which a picture opens. Knows no picture.
import { driverCallCategory } from "../../trace/driver-call.js";
import { formNumber, roleNumber, type Timeline } from "../../trace/timeline/index.js";
import type { TimeRange } from "./state.js";

/** A stage of a program: `load weights`. Of two traces it reaches over that of each. */
export interface Stage extends TimeRange {
  readonly name: string;
}

/** What is read of a trace. */
type StagedTrace = Pick<Timeline, "events" | "texts" | "end" | "argumentsOf">;

/** The stages by when they first begin; none where no range is marked as one. `offsets` move the traces to the right. */
export function stagesOf(traces: readonly StagedTrace[], offsets: readonly number[]): Stage[] {
  const stages = new Map<string, { start: number; end: number }>();
  for (const [i, trace] of traces.entries()) {
    const { events, texts, end: last } = trace;
    for (const event of stageEvents(trace)) {
      const name = texts[events.name[event]];
      const start = events.start[event] + offsets[i];
      const end = events.form[event] === unfinished ? last + offsets[i] : start + events.duration[event];
      const known = stages.get(name);
      stages.set(name, {
        start: Math.min(start, known?.start ?? start),
        end: Math.max(end, known?.end ?? end),
      });
    }
  }
  return [...stages].map(([name, times]): Stage => ({ name, ...times })).sort((a, b) => a.start - b.start);
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
  const work = stages.map(() => 0);
  for (const [i, { events, texts }] of traces.entries()) {
    const isLaunch = texts.map((text) => driverCallCategory(text) === "kernel");
    for (let event = 0; event < events.length; event++) {
      if (events.role[event] !== (isTimed ? kernel : call)) continue;
      if (!isTimed && !isLaunch[events.name[event]]) continue;
      const start = events.start[event] + offsets[i];
      const stage = stages.findIndex((each) => start >= each.start && start < each.end);
      if (stage >= 0) work[stage] += isTimed ? events.duration[event] : 1;
    }
  }
  const most = Math.max(...work);
  return most === 0 ? undefined : stages[work.indexOf(most)];
}

/** A stage and a little of what lies before and behind it. */
export function aroundStage({ start, end }: TimeRange): TimeRange {
  const free = Math.max(1, 0.02 * (end - start));
  return { start: start - free, end: end + free };
}

const { call, kernel, range } = roleNumber;
const { unfinished } = formNumber;

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

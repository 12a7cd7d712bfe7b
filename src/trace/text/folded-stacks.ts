// Folded stacks: a line a stack, outermost first, with the nanoseconds spent in it and in nothing below it, as flame graph tools read
// them (`python;main;forward;cuLaunchKernel 5100`). Knows nothing of how they are drawn.
import { placeEvents, roleNumber, type Timeline } from "../timeline/index.js";
import { processName, trackName } from "./track-names.js";

export interface FoldedStackOptions {
  /**
   * Whose time it is. `own`: of each event on its own track, a device's streams among them. `launched`: of the device's work, below
   * the stack of the call that launched it; what has no known call stands below its stream.
   */
  readonly time?: "own" | "launched";
}

/**
 * The lines, each stack once, in order of first appearance. The sum of a track's lines is the time that its events cover, lane by
 * lane. A `;` or a line break in a name would end a frame, and becomes a `:` or a space.
 */
export function foldedStacks(timeline: Timeline, { time = "own" }: FoldedStackOptions = {}): string[] {
  const { events } = timeline;
  const { parent } = placeEvents(timeline);
  const stacks = new StackTree();
  const roots = timeline.tracks.map((track) =>
    stacks.child(stacks.child(-1, frame(processName(timeline.processes[track.process]))), frame(trackName(track))),
  );
  const frames = timeline.texts.map(() => "");
  const frameOf = (name: number): string => {
    if (frames[name] === "") frames[name] = frame(timeline.texts[name]);
    return frames[name];
  };
  const nodes = new Int32Array(events.length).fill(-1);
  const nodeOf = (index: number): number => {
    // An event comes after what encloses it, so that its node is there.
    const above = parent[index] < 0 ? roots[events.track[index]] : nodes[parent[index]];
    return stacks.child(above, frameOf(events.name[index]));
  };
  for (let index = 0; index < events.length; index++) nodes[index] = nodeOf(index);
  if (time === "own") {
    for (let index = 0; index < events.length; index++) {
      stacks.add(nodes[index], events.duration[index]);
      if (parent[index] >= 0) stacks.add(nodes[parent[index]], -events.duration[index]);
    }
    return stacks.lines();
  }
  const callOf = callsByCorrelation(timeline);
  for (let index = 0; index < events.length; index++) {
    if (!deviceRoles.has(events.role[index])) continue;
    const call = callOf.get(events.correlation[index]);
    const above = call === undefined ? roots[events.track[index]] : nodes[call];
    stacks.add(stacks.child(above, frameOf(events.name[index])), events.duration[index]);
  }
  return stacks.lines();
}

const deviceRoles: ReadonlySet<number> = new Set([roleNumber.kernel, roleNumber.copy, roleNumber.memset]);

/** The call of each correlation; of a runtime's call and the driver's below it the inner one, which comes later. */
function callsByCorrelation({ events }: Timeline): ReadonlyMap<number, number> {
  const { call } = roleNumber;
  const calls = new Map<number, number>();
  for (let index = 0; index < events.length; index++) {
    if (events.role[index] === call && events.correlation[index] >= 0) calls.set(events.correlation[index], index);
  }
  return calls;
}

/** Stacks as a tree of frames, each with its own nanoseconds. */
class StackTree {
  private readonly parents: number[] = [];
  private readonly frames: string[] = [];
  private readonly nanoseconds: number[] = [];
  private readonly children: Map<string, number>[] = [];
  private readonly first = new Map<string, number>();

  child(parent: number, frame: string): number {
    const known = parent < 0 ? this.first : this.children[parent];
    const node = known.get(frame);
    if (node !== undefined) return node;
    const next = this.parents.push(parent) - 1;
    this.frames.push(frame);
    this.nanoseconds.push(0);
    this.children.push(new Map());
    known.set(frame, next);
    return next;
  }

  add(node: number, nanoseconds: number): void {
    this.nanoseconds[node] += nanoseconds;
  }

  lines(): string[] {
    const paths: string[] = [];
    const lines: string[] = [];
    // A node comes after its parent.
    for (const [node, parent] of this.parents.entries()) {
      paths.push(parent < 0 ? this.frames[node] : `${paths[parent]};${this.frames[node]}`);
      if (this.nanoseconds[node] > 0) lines.push(`${paths[node]} ${this.nanoseconds[node]}`);
    }
    return lines;
  }
}

function frame(name: string): string {
  return name.replaceAll(";", ":").replace(/\s+/g, " ").trim() || "?";
}

// For which device work calls wait: by stream, by event, or by what had ended when they returned. Is fed the calls in their order. Knows
// no format.
import type { Timeline } from "../timeline/index.js";
import type { CallCategories } from "./call-categories.js";
import type { DeviceWork } from "./device-work.js";

export class EventOrder {
  /** Per stream track: the last work that was launched so far. */
  private readonly last: Int32Array;
  /** The works of each track in the order of their starts, one track's after another's. */
  private readonly works: Int32Array;
  /** Per track: where its works begin among those; and where those of the last end. */
  private readonly from: Int32Array;
  /** What a recorded event stands for, by process and event. */
  private readonly recorded = new Map<string, readonly number[]>();
  /** By process and stream: works for which the next one there has to wait. */
  private readonly pending = new Map<string, readonly number[]>();
  private readonly tracksOfStream = new Map<number, number[]>();
  /** By process and stream, with no stream for all: the stream tracks on which the process has work. */
  private readonly tracksOfProcess = new Map<number, Map<number | undefined, readonly number[]>>();
  /** Per stream track: the stream's number. */
  private readonly streamOf = new Map<number, number>();
  /** The works of calls that wait. */
  private readonly worksOfCall = new Map<number, number[]>();

  constructor(
    private readonly timeline: Timeline,
    private readonly work: DeviceWork,
    /** Per work: the step with which it is placed. */
    private readonly placedAfter: Int32Array,
    private readonly categories: CallCategories,
  ) {
    const { events, tracks } = timeline;
    this.last = new Int32Array(tracks.length).fill(-1);
    this.from = new Int32Array(tracks.length + 1);
    for (let number = 0; number < work.length; number++) this.from[this.trackOf(number) + 1]++;
    for (let track = 0; track < tracks.length; track++) this.from[track + 1] += this.from[track];
    this.works = new Int32Array(work.length);
    const next = this.from.slice();
    for (let number = 0; number < work.length; number++) {
      this.works[next[this.trackOf(number)]++] = number;
      const call = work.call[number];
      if (call < 0 || !categories.waitsForDevice(call)) continue;
      const known = this.worksOfCall.get(call);
      if (known === undefined) this.worksOfCall.set(call, [number]);
      else known.push(number);
    }
    for (const { index: track, tid } of tracks) {
      if (this.from[track] === this.from[track + 1]) continue;
      const said = events.stream[work.event[this.works[this.from[track]]]];
      const stream = said >= 0 ? said : Number(tid);
      this.streamOf.set(track, stream);
      const known = this.tracksOfStream.get(stream);
      if (known === undefined) this.tracksOfStream.set(stream, [track]);
      else known.push(track);
    }
  }

  /** Takes a work as launched. Returns the works whose events its stream was told to wait for since the one before. */
  placed(number: number): readonly number[] {
    const track = this.trackOf(number);
    this.last[track] = number;
    const call = this.work.call[number];
    if (call < 0 || this.pending.size === 0) return none;
    const key = this.streamKey(call, this.streamOf.get(track)!);
    const waits = this.pending.get(key) ?? none;
    this.pending.delete(key);
    return waits;
  }

  /** Takes a call of a step: it may record an event, or make a stream wait for one. */
  call(index: number): void {
    if (!this.categories.marksEvent(index)) return;
    const event = this.eventOf(index);
    if (event === undefined) return;
    const stream = Math.max(0, this.timeline.events.stream[index]);
    const key = this.streamKey(index, stream);
    const pending = this.pending.get(key) ?? [];
    if (this.categories.recordsEvent(index)) {
      const last = this.tracksOf(stream, index).map((track) => this.last[track]);
      this.recorded.set(event, [...last.filter((number) => number >= 0), ...pending]);
    } else {
      const works = this.recorded.get(event) ?? none;
      // Of one stream what came later ends later.
      const tracks = new Set(works.map((number) => this.trackOf(number)));
      this.pending.set(key, [...pending.filter((number) => !tracks.has(this.trackOf(number))), ...works]);
    }
  }

  /** The works whose end a waiting call awaits, of those that had ended when its step did. */
  waitedFor(index: number, step: number, end: number): readonly number[] {
    const { events } = this.timeline;
    const ended = (number: number): boolean => this.placedAfter[number] <= step && this.endOf(number) <= end;
    if (this.categories.of(index) === "transfer") return (this.worksOfCall.get(index) ?? []).filter(ended);
    if (this.categories.namesEvent(index)) {
      const event = this.eventOf(index);
      const works = event === undefined ? undefined : this.recorded.get(event);
      if (works !== undefined) return works.filter(ended);
    }
    const said = events.stream[index];
    const stream = this.categories.namesStream(index) && said >= 0 ? said : undefined;
    const found: number[] = [];
    for (const track of this.tracksOf(stream, index)) {
      const last = this.lastEnded(track, step, end);
      if (last >= 0) found.push(last);
    }
    if (this.pending.size === 0) return found;
    // A stream that was told to wait for an event, and has had no work since, is waited for all the same.
    const own = stream === undefined ? this.streamKey(index, "") : this.streamKey(index, stream);
    for (const [key, works] of this.pending) {
      if (key === own || (stream === undefined && key.startsWith(own))) found.push(...works.filter(ended));
    }
    return found;
  }

  /** The stream tracks with a number, or all, on which the process of a call has work. */
  private tracksOf(stream: number | undefined, call: number): readonly number[] {
    const { events, tracks } = this.timeline;
    const process = tracks[events.track[call]].process;
    let ofProcess = this.tracksOfProcess.get(process);
    if (ofProcess === undefined) {
      ofProcess = new Map();
      this.tracksOfProcess.set(process, ofProcess);
    }
    let found = ofProcess.get(stream);
    if (found === undefined) {
      const all =
        stream === undefined ? [...this.tracksOfStream.values()].flat() : (this.tracksOfStream.get(stream) ?? []);
      found = all.filter((track) => {
        const issuer = this.work.call[this.works[this.from[track]]];
        return issuer < 0 || tracks[events.track[issuer]].process === process;
      });
      ofProcess.set(stream, found);
    }
    return found;
  }

  /** Of the works launched up to a step on a track, the last that had ended at a moment; -1 for none. */
  private lastEnded(track: number, step: number, moment: number): number {
    const { works } = this;
    const first = this.from[track];
    let low = first;
    let high = this.from[track + 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.endOf(works[middle]) <= moment) low = middle + 1;
      else high = middle;
    }
    for (let at = low - 1; at >= first; at--) {
      if (this.placedAfter[works[at]] <= step && this.endOf(works[at]) <= moment) return works[at];
    }
    return -1;
  }

  private streamKey(call: number, stream: number | ""): string {
    const { events, tracks } = this.timeline;
    return `${tracks[events.track[call]].process} ${stream}`;
  }

  private eventOf(index: number): string | undefined {
    const { events, tracks } = this.timeline;
    const { event } = this.timeline.argumentsOf(index);
    if (typeof event !== "number" && typeof event !== "string") return undefined;
    return `${tracks[events.track[index]].process} ${event}`;
  }

  private trackOf(number: number): number {
    return this.timeline.events.track[this.work.event[number]];
  }

  private endOf(number: number): number {
    const { events } = this.timeline;
    const index = this.work.event[number];
    return events.start[index] + events.duration[index];
  }
}

const none: readonly number[] = [];

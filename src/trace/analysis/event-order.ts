// For which device work calls wait: by stream, by event, or by what had ended when they returned. Is fed the calls in their order. Knows
// no format.
import type { Timeline } from "../timeline/index.js";
import type { CallCategories } from "./call-categories.js";
import type { DeviceWork } from "./device-work.js";

export class EventOrder {
  /** Per stream track: the last work that was launched so far. */
  private readonly last: Int32Array;
  /** What a recorded event stands for, by process and event. */
  private readonly recorded = new Map<string, readonly number[]>();
  /** By process and stream: works for which the next one there has to wait. */
  private readonly pending = new Map<string, readonly number[]>();
  private readonly tracksOfStream = new Map<number, number[]>();
  /** Per stream track: the stream's number. */
  private readonly streamOf = new Map<number, number>();
  /** The works of calls that wait. */
  private readonly worksOfCall = new Map<number, number[]>();

  constructor(
    private readonly timeline: Timeline,
    private readonly work: DeviceWork,
    /** Per work: the step with which it is placed. */
    private readonly placedAfter: Int32Array,
    /** Per track: its works in the order of their starts. */
    private readonly streams: readonly (readonly number[])[],
    private readonly categories: CallCategories,
  ) {
    const { events, tracks } = timeline;
    this.last = new Int32Array(tracks.length).fill(-1);
    for (const track of tracks) {
      const [first] = streams[track.index];
      if (first === undefined) continue;
      const said = events.stream[work.event[first]];
      const stream = said >= 0 ? said : Number(track.tid);
      this.streamOf.set(track.index, stream);
      const known = this.tracksOfStream.get(stream);
      if (known === undefined) this.tracksOfStream.set(stream, [track.index]);
      else known.push(track.index);
    }
    for (let number = 0; number < work.length; number++) {
      const call = work.call[number];
      if (call < 0 || !categories.waitsForDevice(call)) continue;
      const known = this.worksOfCall.get(call);
      if (known === undefined) this.worksOfCall.set(call, [number]);
      else known.push(number);
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
    const name = this.timeline.nameOf(index);
    const isRecord = /EventRecord/.test(name);
    if (!isRecord && !/StreamWaitEvent/.test(name)) return;
    const event = this.eventOf(index);
    if (event === undefined) return;
    const stream = Math.max(0, this.timeline.events.stream[index]);
    const key = this.streamKey(index, stream);
    const pending = this.pending.get(key) ?? [];
    if (isRecord) {
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
    const name = this.timeline.nameOf(index);
    if (/Event/.test(name)) {
      const event = this.eventOf(index);
      const works = event === undefined ? undefined : this.recorded.get(event);
      if (works !== undefined) return works.filter(ended);
    }
    const said = events.stream[index];
    const stream = /Stream/.test(name) && said >= 0 ? said : undefined;
    // A stream that was told to wait for an event, and has had no work since, is waited for all the same.
    const own = stream === undefined ? this.streamKey(index, "") : this.streamKey(index, stream);
    const pending = [...this.pending].flatMap(([key, works]) =>
      key === own || (stream === undefined && key.startsWith(own)) ? works : [],
    );
    const last = this.tracksOf(stream, index).map((track) => this.lastEnded(track, step, end));
    return [...last.filter((number) => number >= 0), ...pending.filter(ended)];
  }

  /** The stream tracks with a number, or all, on which the process of a call has work. */
  private tracksOf(stream: number | undefined, call: number): readonly number[] {
    const { events, tracks } = this.timeline;
    const { work, streams } = this;
    const process = tracks[events.track[call]].process;
    const all =
      stream === undefined ? [...this.tracksOfStream.values()].flat() : (this.tracksOfStream.get(stream) ?? []);
    return all.filter((track) => {
      const issuer = work.call[streams[track][0]];
      return issuer < 0 || tracks[events.track[issuer]].process === process;
    });
  }

  /** Of the works launched up to a step on a track, the last that had ended at a moment; -1 for none. */
  private lastEnded(track: number, step: number, moment: number): number {
    const stream = this.streams[track];
    let low = 0;
    let high = stream.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.endOf(stream[middle]) <= moment) low = middle + 1;
      else high = middle;
    }
    for (let at = low - 1; at >= 0; at--) {
      if (this.placedAfter[stream[at]] <= step && this.endOf(stream[at]) <= moment) return stream[at];
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

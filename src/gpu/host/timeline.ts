// Simulated time: when work that was put into streams begins and ends. Everything is carried out at once, in the order in which
// it is asked for, which is one that the streams and events allow; only the times say what would overlap. So results are the same
// in every run, and a race that a missing event leaves open does not show.
//
// What is simplified: kernels run one after another, copies in one engine each for both ways and one for the device's own; an engine
// takes work in the order in which it was asked for. A call costs the host nothing but what it waits for.
import { InputError } from "../../core/errors.js";
import { inspectAsText } from "../../core/inspect.js";

/** The time at which the host is, in seconds; devices of one cluster have it together. */
export class HostClock {
  seconds = 0;

  /** The host waits until then. */
  waitUntil(seconds: number): void {
    this.seconds = Math.max(this.seconds, seconds);
  }
}

/** What does work: one thing at a time. */
export type Engine = "compute" | "to device" | "to host" | "on device";

/** Seconds of simulated time. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What a stream tells its device, so that it need not know what a device is. */
export interface StreamOwner {
  readonly timeline: Timeline;
  recorded(event: DeviceEvent, stream: Stream): void;
  waited(event: DeviceEvent, stream: Stream): void;
  /** The host has waited since then. */
  synchronized(what: Stream | DeviceEvent, since: number): void;
  destroyed(stream: Stream): void;
}

export interface StreamOptions {
  /** What logs and views call it. */
  readonly label?: string;
  /** Does not wait for the default stream, nor the default stream for it. */
  readonly nonBlocking?: boolean;
}

/**
 * Work in order: what is put into a stream begins when what is before it has ended. Streams run beside each other; the default
 * stream (number 0) waits for all blocking ones and they for it, as CUDA's legacy default stream does.
 */
export class Stream {
  static {
    inspectAsText(Stream);
  }

  /** When the work so far will have ended, in seconds. */
  end = 0;
  destroyed = false;

  constructor(
    private readonly owner: StreamOwner,
    readonly id: number,
    readonly label: string,
    readonly nonBlocking: boolean,
  ) {}

  /** Whether all of its work has ended, as far as the host's time goes. */
  get done(): boolean {
    return this.end <= this.owner.timeline.clock.seconds;
  }

  /** Puts an event behind the work so far; a new one unless given. */
  record(event: DeviceEvent = new DeviceEvent(this.owner)): DeviceEvent {
    this.checkUsable();
    event.time = this.owner.timeline.place(this, undefined, 0).end;
    this.owner.recorded(event, this);
    return event;
  }

  /** What comes after in this stream waits for the event. Throws InputError for one that was not recorded. */
  wait(event: DeviceEvent): void {
    this.checkUsable();
    this.end = Math.max(this.end, event.recordedTime("wait for it"));
    this.owner.waited(event, this);
  }

  /** The host waits for all of its work. */
  synchronize(): void {
    this.checkUsable();
    const since = this.owner.timeline.clock.seconds;
    this.owner.timeline.clock.waitUntil(this.end);
    this.owner.synchronized(this, since);
  }

  /** Ends its use. */
  destroy(): void {
    this.checkUsable();
    if (this.id === 0) throw new InputError("the default stream cannot be destroyed");
    this.destroyed = true;
    this.owner.destroyed(this);
  }

  /** Throws InputError for a stream of another device, and for one that was destroyed. */
  checkUsable(owner: StreamOwner = this.owner): void {
    if (owner !== this.owner) {
      throw new InputError(`${this.label} is a stream of another GPU`, { fix: "Make one there: gpu.stream()." });
    }
    if (this.destroyed)
      throw new InputError(`${this.label} has been destroyed`, { fix: "Make a new one: gpu.stream()." });
  }

  toString(): string {
    return `${this.label}${this.nonBlocking ? ", non-blocking" : ""}${this.destroyed ? ", destroyed" : ""}: busy until ${formatSeconds(this.end)}`;
  }
}

/** A mark in a stream, with the simulated time at which the work before it ends. */
export class DeviceEvent {
  static {
    inspectAsText(DeviceEvent);
  }

  /** Seconds; undefined until it is recorded. */
  time: number | undefined;

  constructor(
    private readonly owner: StreamOwner,
    readonly id: number = owner.timeline.nextEvent(),
  ) {}

  /** Puts it behind the work so far of a stream, the default one unless given. */
  record(stream: Stream = this.owner.timeline.defaultStream): this {
    stream.record(this);
    return this;
  }

  /** Whether the host's time has come to it. */
  get done(): boolean {
    return this.time !== undefined && this.time <= this.owner.timeline.clock.seconds;
  }

  /** The host waits for it. Throws InputError for one that was not recorded. */
  synchronize(): void {
    const { clock } = this.owner.timeline;
    const since = clock.seconds;
    clock.waitUntil(this.recordedTime("wait for it"));
    this.owner.synchronized(this, since);
  }

  /** Seconds from another event to this one. Throws InputError where one was not recorded. */
  elapsedSince(start: DeviceEvent): number {
    return this.recordedTime("measure to it") - start.recordedTime("measure from it");
  }

  /** Its time. Throws InputError that says what cannot be done before it was recorded. */
  recordedTime(purpose: string): number {
    if (this.time !== undefined) return this.time;
    throw new InputError(`event ${this.id} has not been recorded: nothing can ${purpose}`, {
      fix: "Record it first: event.record(stream), or const event = stream.record().",
    });
  }

  toString(): string {
    return `event ${this.id}${this.time === undefined ? ", not recorded" : ` at ${formatSeconds(this.time)}`}`;
  }
}

/** The streams and engines of one device. */
export class Timeline {
  readonly streams: Stream[] = [];
  private readonly free = new Map<Engine, number>();
  private events = 0;

  constructor(
    private readonly owner: StreamOwner,
    readonly clock: HostClock,
  ) {
    this.streams.push(new Stream(owner, 0, "default stream", false));
  }

  get defaultStream(): Stream {
    return this.streams[0];
  }

  nextEvent(): number {
    return ++this.events;
  }

  /** A new stream. */
  stream({ label, nonBlocking = false }: StreamOptions = {}): Stream {
    const id = this.streams.length;
    const stream = new Stream(this.owner, id, label ?? `stream ${id}`, nonBlocking);
    this.streams.push(stream);
    return stream;
  }

  /** Work of a stream: when it runs, given what is before it. */
  place(stream: Stream, engine: Engine | undefined, seconds: number): Span {
    const start = Math.max(
      this.clock.seconds,
      this.ready(stream),
      engine === undefined ? 0 : (this.free.get(engine) ?? 0),
    );
    const end = start + seconds;
    stream.end = end;
    if (engine !== undefined) this.free.set(engine, end);
    return { start, end };
  }

  /** The host waits for all work. */
  synchronize(): void {
    for (const { end } of this.streams) this.clock.waitUntil(end);
  }

  private ready(stream: Stream): number {
    if (stream.nonBlocking) return stream.end;
    if (stream.id !== 0) return Math.max(stream.end, this.defaultStream.end);
    return this.streams.reduce((latest, { nonBlocking, end }) => (nonBlocking ? latest : Math.max(latest, end)), 0);
  }
}

/** `12.5 us`. */
function formatSeconds(seconds: number): string {
  if (seconds >= 1) return `${Number(seconds.toPrecision(4))} s`;
  if (seconds >= 1e-3) return `${Number((seconds * 1e3).toPrecision(4))} ms`;
  return `${Number((seconds * 1e6).toPrecision(4))} us`;
}

// The processes and threads of a Chrome trace: what its metadata calls them, whether one is a device or a stream, and where a trace that
// warplab wrote says what they were called before. Knows nothing of events.
import type { TimelineBuilder, TrackKind } from "../timeline/index.js";
import type { EventValues } from "./event-values.js";

export class TrackNames {
  /** By index of the track: whether it is a stream; undefined where that is not known. */
  private readonly streams: boolean[] = [];
  private readonly labels = new Map<number, { name?: string; labels?: string }>();
  /** Where what the file calls a process, or a thread of one, was called something else when it was recorded. */
  private readonly processes = new Map<number | string, number>();
  private readonly tracks = new Map<number | string, Map<number | string, number>>();
  private lastProcess: number | string | undefined;
  private lastThread: number | string | undefined;
  private lastTrack = -1;

  constructor(private readonly values: EventValues) {}

  /** The process of the event at hand. */
  process(): number {
    return this.processCalled(this.pid());
  }

  /** The track of the event at hand. */
  track(): number {
    const pid = this.pid();
    const tid = this.tid();
    if (pid === this.lastProcess && tid === this.lastThread) return this.lastTrack;
    this.lastTrack = this.trackCalled(pid, tid);
    this.lastProcess = pid;
    this.lastThread = tid;
    return this.lastTrack;
  }

  /** The track of a thread of the process of the event at hand, where warplab wrote what it was; undefined elsewhere. */
  recordedTrack(tid: number | string): number | undefined {
    return this.tracks.get(this.pid())?.get(tid);
  }

  isStream(track: number): boolean {
    return this.streams[track] === true;
  }

  /** Work of a device lies on the track; its number is -1 where the event does not say it. */
  device(track: number, device: number): void {
    if (this.streams[track] !== undefined) return;
    this.streams[track] = true;
    const { builder } = this.values;
    builder.describeTrack(track, { kind: "stream" });
    const process = builder.processOf(track);
    const pid = builder.pidOf(process);
    // PyTorch's profiler calls a device's process by its number.
    const number = device >= 0 ? device : typeof pid === "number" && pid < 1024 ? pid : undefined;
    if (number !== undefined) builder.describeProcess(process, { device: number });
  }

  /** Takes a piece of metadata. False where it is about no process and no thread. */
  take(name: string, facts: Readonly<Record<string, unknown>>): boolean {
    const { builder } = this.values;
    const word = (key: string): string => String(facts[key] ?? "");
    const order = Number(facts["sort_index"]);
    switch (name) {
      case "process_name":
        this.takeProcess(word("name"), facts["origin"]);
        return true;
      case "process_labels":
        this.label(this.process()).labels = word("labels");
        return true;
      case "process_sort_index":
        if (Number.isFinite(order) && !this.processes.has(this.pid()))
          builder.describeProcess(this.process(), { order });
        return true;
      case "thread_name":
        this.takeThread(word("name"), facts["origin"]);
        return true;
      case "thread_sort_index":
        if (Number.isFinite(order) && !this.tracks.get(this.pid())?.has(this.tid()))
          builder.describeTrack(this.track(), { order });
        return true;
      default:
        return false;
    }
  }

  /** Names the processes, whose names and labels may come apart. */
  finish(builder: TimelineBuilder): void {
    for (const [process, { name, labels }] of this.labels) {
      const words = [name ?? String(builder.pidOf(process)), ...(labels === undefined ? [] : [`(${labels})`])];
      if (name !== undefined || labels !== undefined) builder.describeProcess(process, { name: words.join(" ") });
    }
  }

  private takeProcess(name: string, origin: unknown): void {
    const { builder } = this.values;
    const recorded = originOf(origin);
    if (recorded !== undefined && isName(recorded["pid"])) {
      const device = recorded["device"];
      const order = recorded["order"];
      const process = builder.process(recorded["pid"], {
        name: typeof recorded["name"] === "string" ? recorded["name"] : name,
        ...(typeof device === "number" && { device }),
        ...(typeof order === "number" && { order }),
      });
      this.processes.set(this.pid(), process);
      return;
    }
    this.label(this.process()).name = name;
  }

  private takeThread(name: string, origin: unknown): void {
    const { builder } = this.values;
    const recorded = originOf(origin);
    if (recorded === undefined || !isName(recorded["tid"])) {
      builder.describeTrack(this.track(), { name });
      return;
    }
    const kind = recorded["kind"] as TrackKind;
    const order = recorded["order"];
    const process = this.process();
    const track = builder.track(process, recorded["tid"], {
      // Further lanes of one track have a number behind the name, and the name itself beside it.
      name: typeof recorded["name"] === "string" ? recorded["name"] : name,
      kind,
      ...(typeof order === "number" && { order }),
    });
    this.streams[track] = kind === "stream";
    const pid = this.pid();
    const ofProcess = this.tracks.get(pid) ?? new Map<number | string, number>();
    ofProcess.set(this.tid(), track);
    this.tracks.set(pid, ofProcess);
    this.lastProcess = undefined;
  }

  private processCalled(pid: number | string): number {
    return this.processes.get(pid) ?? this.values.builder.process(pid);
  }

  private trackCalled(pid: number | string, tid: number | string): number {
    const recorded = this.tracks.get(pid)?.get(tid);
    if (recorded !== undefined) return recorded;
    return this.values.builder.track(this.processCalled(pid), tid);
  }

  private pid(): number | string {
    const { pid } = this.values.scanner;
    return pid.isThere ? this.values.name(pid) : 0;
  }

  private tid(): number | string {
    const { tid } = this.values.scanner;
    return tid.isThere ? this.values.name(tid) : 0;
  }

  private label(process: number): { name?: string; labels?: string } {
    const known = this.labels.get(process) ?? {};
    this.labels.set(process, known);
    return known;
  }
}

function originOf(origin: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof origin === "object" && origin !== null ? (origin as Record<string, unknown>) : undefined;
}

function isName(name: unknown): name is number | string {
  return typeof name === "number" || typeof name === "string";
}

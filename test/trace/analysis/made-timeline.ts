// Tiny timelines in words: host threads with calls and ranges, streams with what the device did. For the tests of the analyses.
import { type NewEvent, type Timeline, TimelineBuilder } from "../../../src/trace/timeline/index.js";

type Times = readonly [start: number, end: number];

/** Puts a timeline together; times are nanoseconds, and the earliest should be 0. */
export class MadeTimeline {
  readonly builder: TimelineBuilder = new TimelineBuilder();
  private correlations = 0;

  thread(tid = 1, pid = 1): number {
    return this.builder.track(this.builder.process(pid, { name: `process ${pid}` }), tid, { name: `thread ${tid}` });
  }

  stream(stream = 0, device = 0): number {
    const process = this.builder.process(`device ${device}`, { device });
    return this.builder.track(process, stream, { name: `stream ${stream}`, kind: "stream" });
  }

  call(name: string, [start, end]: Times, more: Partial<NewEvent> & { thread?: number } = {}): this {
    const { thread = this.thread(), ...rest } = more;
    this.builder.event({ track: thread, name, start, duration: end - start, role: "call", ...rest });
    return this;
  }

  range(kind: string, name: string, [start, end]: Times, thread: number = this.thread()): this {
    this.builder.event({ track: thread, name, start, duration: end - start, role: "range", args: { range: kind } });
    return this;
  }

  operator(name: string, [start, end]: Times, thread: number = this.thread()): this {
    this.builder.event({ track: thread, name, start, duration: end - start, role: "operator" });
    return this;
  }

  /** A launch and its kernel, or the kernel alone where no call is given. */
  kernel(
    name: string,
    call: Times | undefined,
    [start, end]: Times,
    more: { stream?: number; device?: number; thread?: number; args?: Record<string, unknown> } = {},
  ): this {
    const { stream = 0, device = 0, thread, args } = more;
    const correlation = ++this.correlations;
    if (call !== undefined) {
      this.call("cuLaunchKernel", call, {
        ...(thread === undefined ? {} : { thread }),
        correlation,
        stream,
        args: { kernel: name, ...args },
      });
    }
    const track = this.stream(stream, device);
    this.builder.event({ track, name, start, duration: end - start, role: "kernel", correlation, stream });
    return this;
  }

  /** A copy and its call; `name` says which. */
  copy(
    name: string,
    call: Times | undefined,
    [start, end]: Times,
    more: {
      bytes?: number;
      direction?: NewEvent["direction"];
      stream?: number;
      device?: number;
      thread?: number;
      role?: "copy" | "memset";
      workName?: string;
    } = {},
  ): this {
    const { stream = 0, device = 0, bytes, direction = "host to device", thread, role = "copy", workName } = more;
    const correlation = ++this.correlations;
    if (call !== undefined) {
      const of = thread === undefined ? {} : { thread };
      this.call(name, call, { ...of, correlation, stream, bytes, direction });
    }
    const track = this.stream(stream, device);
    const work = { track, name: workName ?? name, start, duration: end - start, role, correlation, stream };
    this.builder.event({ ...work, bytes, direction });
    return this;
  }

  done(): Timeline {
    return this.builder.build({ name: "made", format: "driver-calls" });
  }
}

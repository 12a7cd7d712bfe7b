// Driver calls as JSON lines, read onto a timeline.
import { describe, expect, it } from "vitest";
import { DriverCallReader } from "../../../src/trace/read/index.js";
import type { Timeline } from "../../../src/trace/timeline/index.js";

const header = {
  format: "warplab-trace",
  version: 1,
  clock: "simulated",
  device: "h100",
  host: "here",
  source: "simulated",
};

function read(...lines: readonly (object | string)[]): Timeline {
  return readText(lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"));
}

function readText(text: string): Timeline {
  const reader = new DriverCallReader("calls.jsonl");
  reader.push(new TextEncoder().encode(text));
  return reader.finish();
}

const events = (timeline: Timeline) => Array.from({ length: timeline.events.length }, (_, at) => timeline.event(at));

describe("driver calls", () => {
  it("stand on their thread, and what the device did for them on its stream", () => {
    const timeline = read(header, {
      ts: 100,
      pid: 1,
      tid: 2,
      ph: "X",
      id: 7,
      name: "cuLaunchKernel",
      cat: "kernel",
      dur: 5,
      corr: 9,
      stream: 3,
      args: { kernel: "saxpy", grid: [1, 1, 1], gpu_start_ns: 110, gpu_end_ns: 150 },
    });
    expect(timeline.source).toEqual({
      name: "calls.jsonl",
      format: "driver-calls",
      device: "h100",
      host: "here",
      clock: "simulated",
      simulated: true,
    });
    expect(events(timeline)).toMatchObject([
      { name: "cuLaunchKernel", role: "call", start: 0, duration: 5, correlation: 9, stream: 3, process: { pid: 1 } },
      {
        name: "saxpy",
        role: "kernel",
        start: 10,
        duration: 40,
        correlation: 9,
        stream: 3,
        track: { kind: "stream", tid: 3 },
        process: { pid: "device 0", name: "h100 (device 0)", device: 0 },
        args: { kernel: "saxpy", grid: [1, 1, 1] },
      },
    ]);
    expect(timeline.origin).toBe(100n);
    expect(timeline.notes).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import { findDeviceWork } from "../../../src/trace/analysis/device-work.js";
import { MadeTimeline } from "./made-timeline.js";

/** The calls of a timeline's works, by their starts. */
function callsOf(made: MadeTimeline): (number | undefined)[] {
  const timeline = made.done();
  const work = findDeviceWork(timeline);
  return Array.from(work.call, (call) => (call < 0 ? undefined : timeline.events.start[call]));
}

function work(made: MadeTimeline, start: number, correlation: number, device = 0): MadeTimeline {
  made.builder.event({ track: made.stream(0, device), name: "k", start, duration: 5, role: "kernel", correlation });
  return made;
}

describe("device work", () => {
  it("belongs to the call of its correlation, the outermost where the runtime calls the driver", () => {
    const made = new MadeTimeline()
      .call("cudaLaunchKernel", [0, 10], { correlation: 7 })
      .call("cuLaunchKernel", [2, 8], { correlation: 7 })
      .call("cudaLaunchKernel", [20, 30], { correlation: 8 });
    work(work(work(made, 12, 7), 32, 8), 40, 9);
    expect(callsOf(made)).toEqual([0, 20, undefined]);
  });

  it("belongs to the last call before it where two processes number theirs alike", () => {
    const made = new MadeTimeline();
    made.call("cuLaunchKernel", [0, 10], { correlation: 1, thread: made.thread(1, 1) });
    made.call("cuLaunchKernel", [100, 110], { correlation: 1, thread: made.thread(1, 2) });
    work(work(made, 20, 1, 0), 120, 1, 1);
    expect(callsOf(made)).toEqual([0, 100]);
  });

  it("is found by numbers of any size", () => {
    const made = new MadeTimeline()
      .call("cuLaunchKernel", [0, 10], { correlation: 3 })
      .call("cuLaunchKernel", [10, 20], { correlation: 9_007_199_254_740_000 });
    work(work(made, 30, 9_007_199_254_740_000), 40, 3);
    expect(callsOf(made)).toEqual([10, 0]);
  });
});

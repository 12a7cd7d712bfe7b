import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { analyse } from "../../../src/trace/analysis/index.js";
import { MadeTimeline } from "./made-timeline.js";

describe("idle gaps", () => {
  it("have the cause that the host gives them", () => {
    const { gaps, by_cause, devices, host_activity, short } = analyse(
      new MadeTimeline()
        .kernel("a", [0, 100], [1000, 2000])
        // Issued while a ran: it waited for something else than the host.
        .kernel("b", [100, 200], [3000, 4000])
        .operator("tokenize", [4000, 4900])
        // Issued 900 after b had ended, since the host was at something else.
        .kernel("c", [4900, 5000], [5000, 6000])
        .call("cuStreamSynchronize", [5000, 6000])
        // Only when the host knew that c was done did it issue this.
        .kernel("d", [6500, 6600], [7000, 8000])
        .call("cuCtxDestroy_v2", [8000, 9500])
        .done(),
    ).gapsOf({ threshold: 1000 });
    expect(gaps.map(({ cause, from_ns, duration_ns, host }) => [cause, from_ns, duration_ns, host])).toEqual([
      ["end", 8000, 1500, undefined],
      ["start", 0, 1000, undefined],
      ["dependency", 2000, 1000, undefined],
      ["host", 4000, 1000, "tokenize"],
      ["sync", 6000, 1000, undefined],
    ]);
    expect(by_cause.map(({ cause, total_ns }) => [cause, total_ns])).toEqual([
      ["end", 1500],
      ["sync", 1000],
      ["host", 1000],
      ["dependency", 1000],
      ["start", 1000],
    ]);
    expect(host_activity).toEqual([
      { name: "tokenize", total_ns: 900 },
      { name: "cuLaunchKernel", total_ns: 100 },
    ]);
    expect(short).toEqual({ count: 0, total_ns: 0 });
    expect(devices).toEqual([
      {
        device: "device 0",
        process: 1,
        busy_ns: 4000,
        busy_share: 4000 / 9500,
        idle_ns: 5500,
        idle_share: 5500 / 9500,
        stream_switches: 0,
        process_switches: 0,
      },
    ]);
  });

  it("after a copy for which the host waited are caused by that wait", () => {
    const { gaps } = analyse(
      new MadeTimeline()
        .copy("cuMemcpyDtoH_v2", [0, 120], [10, 100], { direction: "device to host" })
        .kernel("a", [150, 160], [200, 300])
        .done(),
    ).gapsOf({ threshold: 1 });
    expect(gaps.map(({ cause, from_ns }) => [cause, from_ns])).toEqual([
      ["sync", 100],
      ["start", 0],
    ]);
  });

  it("are unknown where no call is recorded, and short ones are only added up", () => {
    const { gaps, short } = analyse(
      new MadeTimeline()
        .kernel("a", undefined, [0, 10])
        .kernel("b", undefined, [12, 20])
        .kernel("c", undefined, [30, 40])
        .done(),
    ).gapsOf({ threshold: 5 });
    expect(gaps).toMatchObject([{ cause: "unknown", from_ns: 20, to_ns: 30 }]);
    expect(short).toEqual({ count: 1, total_ns: 2 });
  });

  it("are looked at on each device by itself, with what takes turns there", () => {
    const made = new MadeTimeline();
    const [one, two] = [made.thread(1, 1), made.thread(1, 2)];
    const { devices } = analyse(
      made
        .kernel("a", [0, 1], [1, 10], { thread: one, stream: 1 })
        .kernel("b", [1, 2], [10, 20], { thread: two, stream: 2 })
        .kernel("c", [2, 3], [20, 30], { thread: two, stream: 1 })
        .kernel("d", [3, 4], [0, 40], { thread: two, stream: 1, device: 1 })
        .done(),
    ).gapsOf({ threshold: 1 });
    expect(
      devices.map(({ device, busy_ns, stream_switches, process_switches }) => [
        device,
        busy_ns,
        stream_switches,
        process_switches,
      ]),
    ).toEqual([
      ["device 1", 40, 0, 0],
      ["device 0", 29, 2, 1],
    ]);
  });

  it("and busy time together are the wall time; gaps are just what no work covers", () => {
    const kernels = fc.array(fc.tuple(fc.nat({ max: 50 }), fc.nat({ max: 9 })), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(kernels, (all) => {
        const made = new MadeTimeline().call("cuInit", [0, 60]);
        for (const [index, [start, duration]] of all.entries()) {
          made.kernel("k", [start, start], [start, start + duration], { stream: index });
        }
        const { gaps, devices } = analyse(made.done()).gapsOf({ threshold: 1 });
        const isBusy = (t: number) => all.some(([start, duration]) => start <= t && t < start + duration);
        const isGap = (t: number) => gaps.some(({ from_ns, to_ns }) => from_ns <= t && t < to_ns);
        for (let t = 0; t < 60; t++) expect(isGap(t)).toBe(!isBusy(t));
        expect(devices[0].busy_ns + devices[0].idle_ns).toBe(60);
        expect(gaps.reduce((sum, gap) => sum + gap.duration_ns, 0)).toBe(devices[0].idle_ns);
      }),
    );
  });

  it("are told all, and the longest of thousands beside them", () => {
    const made = new MadeTimeline();
    let now = 0;
    for (let number = 0; number < 3000; number++) {
      now += 1 + ((number * 7919) % 97);
      made.kernel("k", undefined, [now, ++now], { device: number % 2 });
    }
    const { gaps, longest, count, by_cause } = analyse(made.done()).gapsOf({ threshold: 1 });
    expect(gaps.length).toBe(count);
    expect(by_cause.reduce((sum, cause) => sum + cause.count, 0)).toBe(count);
    expect(longest).toEqual(gaps.slice(0, 1000));
    expect(gaps).toEqual([...gaps].sort((a, b) => b.duration_ns - a.duration_ns || a.from_ns - b.from_ns));
  });
});

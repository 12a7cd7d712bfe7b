import { describe, expect, it } from "vitest";
import { analyse } from "../../../src/trace/analysis/index.js";
import { describeLimit } from "../../../src/trace/text/index.js";
import { TimelineBuilder } from "../../../src/trace/timeline/index.js";

interface Part {
  readonly on: "host" | "device";
  readonly name: string;
  /** Microseconds. */
  readonly from: number;
  readonly to: number;
  readonly correlation?: number;
}

function limitOf(parts: readonly Part[]): string {
  const builder = new TimelineBuilder();
  const host = builder.track(builder.process(1), 1);
  const stream = builder.track(builder.process("gpu", { name: "GPU", device: 0 }), 7, { kind: "stream" });
  for (const { on, name, from, to, correlation } of parts) {
    builder.event({
      track: on === "host" ? host : stream,
      role: on === "host" ? "call" : "kernel",
      name,
      start: 1000 * from,
      duration: 1000 * (to - from),
      correlation,
    });
  }
  return describeLimit(analyse(builder.build({ name: "x", format: "chrome" })));
}

const launch = (from: number, correlation: number): Part => ({
  on: "host",
  name: "cuLaunchKernel",
  from,
  to: from + 5,
  correlation,
});
const kernel = (name: string, from: number, to: number, correlation: number): Part => ({
  on: "device",
  name,
  from,
  to,
  correlation,
});

describe("what limits", () => {
  it("is the device that is nearly always busy, with its dominant kernel", () => {
    expect(limitOf([launch(0, 1), kernel("gemm", 5, 80, 1), launch(6, 2), kernel("softmax", 80, 105, 2)])).toBe(
      "The device is busy for 95.2 % of the time: the device limits. gemm has 75 % of the time of kernels.",
    );
  });

  it("is the host that launches late, with what it was at", () => {
    const busy: Part = { on: "host", name: "cuModuleLoadData", from: 20, to: 85 };
    expect(limitOf([launch(0, 1), kernel("a", 5, 15, 1), busy, launch(90, 2), kernel("b", 95, 105, 2)])).toBe(
      "The device is busy for 19 % of the time; 94.1 % of its idle time is the host being late to launch the next work, " +
        "most of that at cuModuleLoadData.",
    );
  });

  it("is the host that waits before it launches more", () => {
    const wait: Part = { on: "host", name: "cuCtxSynchronize", from: 10, to: 52 };
    expect(limitOf([launch(0, 1), kernel("a", 3, 50, 1), wait, launch(90, 2), kernel("b", 95, 105, 2)])).toBe(
      "The device is busy for 54.3 % of the time; 93.8 % of its idle time comes of the host waiting for the device before it launches more.",
    );
  });

  it("tells the time before the first work and after the last apart from the rest", () => {
    const start: Part = { on: "host", name: "cuInit", from: 0, to: 800 };
    const rest = [launch(900, 1), kernel("a", 905, 950, 1), launch(960, 2), kernel("b", 965, 1000, 2)];
    expect(limitOf([start, ...rest])).toBe(
      "The device is busy for 8 % of the time, 98.4 % of its idle time before the first work and after the last; " +
        "all of the rest is the host being late to launch the next work.",
    );
  });

  it("is not all where it is only nearly all", () => {
    const start: Part = { on: "host", name: "cuInit", from: 0, to: 900_000 };
    const rest = [
      launch(900_000, 1),
      kernel("a", 900_005, 900_050, 1),
      launch(900_060, 2),
      kernel("b", 900_065, 900_100, 2),
    ];
    expect(limitOf([start, ...rest])).toContain(
      ", over 99.9 % of its idle time before the first work and after the last; ",
    );
    expect(limitOf([kernel("a", 0, 99_990, 1), kernel("b", 99_991, 99_999, 1)])).toContain(
      "busy for over 99.9 % of the time",
    );
  });

  it("is not known where the trace does not say when the device worked", () => {
    expect(limitOf([launch(0, 1), { on: "host", name: "cuCtxSynchronize", from: 5, to: 50 }])).toBe(
      "It does not say when the device worked. The host's calls take 50 \u00b5s, most of it in cuCtxSynchronize (90 %).",
    );
    expect(limitOf([])).toBe("It has neither calls nor work of a device.");
  });
});

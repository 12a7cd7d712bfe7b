// Colours are readable in both themes, and the same for the same thing in every trace.
import { describe, expect, it } from "vitest";
import { type NewEvent, TimelineBuilder } from "../../../src/trace/timeline/index.js";
import { colourNumbers, fills, labelInk } from "../../../widgets/timeline/colour.js";

// WCAG 2.2, relative luminance and contrast ratio.
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

describe.each(fills.map(({ colour }) => colour))("the fill %s", (colour) => {
  it("stands out from light and dark pages at 3 to 1", () => {
    expect(contrast(colour, "#ffffff")).toBeGreaterThanOrEqual(3);
    expect(contrast(colour, "#111319")).toBeGreaterThanOrEqual(3);
  });

  it("carries words at 4.5 to 1", () => {
    expect(contrast(colour, labelInk)).toBeGreaterThanOrEqual(4.5);
  });
});

function fillsOf(...events: Omit<NewEvent, "track" | "start">[]) {
  const builder = new TimelineBuilder();
  const track = builder.track(builder.process(1), 1);
  for (const [index, event] of events.entries()) builder.event({ ...event, track, start: 10 * index, duration: 5 });
  return [...colourNumbers(builder.build({ name: "a", format: "chrome" }))].map((number) => fills[number]);
}

describe("an event's fill", () => {
  it("is its name's, whatever else is in the trace", () => {
    const [alone] = fillsOf({ name: "gemm", role: "kernel" });
    const [, , among] = fillsOf({ name: "a", role: "kernel" }, { name: "b" }, { name: "gemm", role: "kernel" });
    expect(among).toBe(alone);
  });

  it("tells copies by direction and waits by more than colour", () => {
    const patterns = fillsOf(
      { name: "copy", role: "copy", direction: "host to device" },
      { name: "copy", role: "copy", direction: "device to host" },
      { name: "wait", role: "wait" },
      { name: "gemm", role: "kernel" },
    ).map(({ pattern }) => pattern);
    expect(patterns).toEqual(["rising", "falling", "dots", "none"]);
  });

  it("is the same for a call of the driver and of the runtime, known by category or by name", () => {
    const [driver, runtime, named] = fillsOf(
      { name: "cuStreamSynchronize", category: "sync", role: "call" },
      { name: "cudaStreamSynchronize", category: "cuda_runtime", role: "call" },
      { name: "cuStreamSynchronize", role: "call" },
    );
    expect(driver.pattern).toBe("dots");
    expect(runtime).toBe(driver);
    expect(named).toBe(driver);
    const [allocation, malloc, launch] = fillsOf(
      { name: "cuMemAlloc_v2", role: "call" },
      { name: "cudaMalloc", role: "call" },
      { name: "cudaLaunchKernel", role: "call" },
    );
    expect(malloc).toBe(allocation);
    expect(launch).not.toBe(malloc);
  });
});

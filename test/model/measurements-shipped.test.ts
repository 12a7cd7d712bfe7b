// The measurements that come with warplab: where they are from, and what the model is worth on them, good or bad.
import { describe, expect, it } from "vitest";
import { measurementFiles } from "../../src/hardware/index.js";
import { acceptanceOf, readMeasurements, validate } from "../../src/model/index.js";

const files = Object.entries(measurementFiles).map(([key, file]) => ({ key, file: file as Record<string, unknown> }));

describe.each(files)("the measurements of $key", ({ key, file }) => {
  const report = validate(file, { name: key });

  it("name their device as their file does, and where they are from", () => {
    expect(report.device.key).toBe(key);
    expect(report.measuredOn).toBe(key);
    expect(file["source"]).toEqual(expect.stringMatching(/.{40}/));
  });

  it("are read to the last row and word, and compared", () => {
    expect(readMeasurements(file).unread).toEqual([]);
    expect(report.skipped).toEqual([]);
    expect(report.results).toHaveLength((file["benchmarks"] as unknown[]).length);
  });
});

// Figures as they came out: a better planner changes them, and a worse one does not go unseen.
it("are met as well as this", () => {
  const figures = files.map(({ key, file }) => {
    const { checks, accepted } = acceptanceOf(validate(file));
    return [key, checks.map(({ value_pct }) => value_pct), accepted];
  });
  expect(figures).toEqual([
    ["a100-sxm-80gb", [12.1, 17.7, 52.6], false],
    ["b200", [8.6, 10.3, 95.2], true],
    ["gb10", [0.3, 0, 100], true],
    ["h100-sxm", [8.9, 11.3, 92.3], true],
    ["v100-pcie-32gb", [10.8, 18.9, 98.1], true],
  ]);
});

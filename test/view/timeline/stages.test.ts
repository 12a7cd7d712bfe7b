// The stages of programs on one axis, and the one at which a picture opens.
import { describe, expect, it } from "vitest";
import { TimelineBuilder } from "../../../src/trace/timeline/index.js";
import { aroundStage, openingStage, stagesOf } from "../../../src/view/timeline/stages.js";
import { inference, large, program } from "./examples.js";

describe("the stages of a program", () => {
  it("are the ranges that it marked as such, by their time", () => {
    expect(stagesOf([program()], [0])).toEqual([
      { name: "initialise", start: 0, end: 270_000_000, lengths: [270_000_000] },
      { name: "load weights", start: 270_000_000, end: 270_100_000, lengths: [100_000] },
      { name: "inference", start: 270_100_000, end: 270_400_000, lengths: [300_000] },
      { name: "clean up", start: 270_400_000, end: 270_420_000, lengths: [20_000] },
    ]);
    // Iterations are ranges, and no stages.
    expect(stagesOf([inference()], [0]).map(({ name }) => name)).toEqual(["load weights"]);
    expect(stagesOf([large(100)], [0])).toEqual([]);
  });

  it("reach over those of both of two traces, as they stand to each other", () => {
    const [first, , third] = stagesOf([program(), program()], [0, 50_000]);
    expect(first).toEqual({ name: "initialise", start: 0, end: 270_050_000, lengths: [270_000_000, 270_000_000] });
    expect(third).toEqual({ name: "inference", start: 270_100_000, end: 270_450_000, lengths: [300_000, 300_000] });
    const ofOne = stagesOf([inference(), program()], [0, 0]).find(({ name }) => name === "clean up");
    expect(ofOne).toEqual({ name: "clean up", start: 270_400_000, end: 270_420_000, lengths: [undefined, 20_000] });
  });

  it("last to the end of the trace where their own was not recorded", () => {
    const builder = new TimelineBuilder();
    const track = builder.track(builder.process(1), 1);
    builder.event({ track, start: 0, role: "range", form: "unfinished", name: "inference", args: { range: "stage" } });
    builder.event({ track, start: 10, duration: 90, name: "a" });
    const cut = builder.build({ name: "cut", format: "driver-calls" });
    expect(stagesOf([cut], [5])).toEqual([{ name: "inference", start: 5, end: 105, lengths: [100] }]);
  });
});

describe("a picture", () => {
  const openingOf = (traces: Parameters<typeof stagesOf>[0], offsets: readonly number[]) =>
    openingStage(stagesOf(traces, offsets), traces, offsets)?.name;
  const opening = (...traces: Parameters<typeof stagesOf>[0]) =>
    openingOf(
      traces,
      traces.map(() => 0),
    );

  it("opens at the stage in which the kernels are", () => {
    expect(opening(program())).toBe("inference");
    expect(opening(program(), program())).toBe("inference");
  });

  it("opens there also where the start of one reaches over all of the other", () => {
    // The kernels of the first run while the second still initialises.
    expect(openingOf([program(), program()], [0, 100_000_000])).toBe("inference");
  });

  it("opens where kernels are launched, where no trace says when they ran", () => {
    expect(opening(program({ isTimed: false }))).toBe("inference");
  });

  it("opens at all of it where there is no stage, or no kernel in any", () => {
    expect(opening(large(100))).toBeUndefined();
    expect(opening(inference())).toBeUndefined();
  });

  it("has a little room beside a stage, of one without length too", () => {
    expect(aroundStage({ start: 1000, end: 2000 })).toEqual({ start: 980, end: 2020 });
    expect(aroundStage({ start: 7, end: 7 })).toEqual({ start: 6, end: 8 });
  });
});

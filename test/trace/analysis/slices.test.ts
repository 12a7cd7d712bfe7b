import { expect, it } from "vitest";
import { analyse } from "../../../src/trace/analysis/index.js";
import { TimelineBuilder } from "../../../src/trace/timeline/index.js";

it("slices of no known role and functions are told by name, those of one within another in both", () => {
  const builder = new TimelineBuilder();
  const track = builder.track(builder.process(1), 1);
  builder.event({ track, name: "request", start: 0, duration: 100 });
  builder.event({ track, name: "step", role: "function", start: 10, duration: 20 });
  builder.event({ track, name: "step", role: "function", start: 40, duration: 40 });
  builder.event({ track, name: "mark", form: "instant", start: 50 });
  builder.event({ track, name: "cuInit", role: "call", start: 85, duration: 10 });
  const { slices } = analyse(builder.build({ name: "x", format: "chrome" }));
  expect(slices.map(({ name, count, total_ns, max_ns }) => [name, count, total_ns, max_ns])).toEqual([
    ["request", 1, 100, 100],
    ["step", 2, 60, 40],
  ]);
});

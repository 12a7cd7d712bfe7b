// The order of tracks, whoever draws them.
import { expect, it } from "vitest";
import { TimelineBuilder, tracksInOrder } from "../../../src/trace/timeline/index.js";

it("tracks stand by process and by the order that the format says", () => {
  const builder = new TimelineBuilder();
  const late = builder.process(1, { order: 5 });
  const early = builder.process(2, { order: 1 });
  builder.track(late, 1);
  builder.track(early, 2, { order: 9 });
  builder.track(early, 3, { order: 2 });
  builder.track(late, 4, { order: 0 });
  expect(tracksInOrder(builder.build({ name: "a", format: "chrome" }))).toEqual([2, 1, 3, 0]);
});

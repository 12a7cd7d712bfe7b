import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { analyse } from "../../../src/trace/analysis/index.js";
import { MadeTimeline } from "./made-timeline.js";

describe("what is only found when somebody asks", () => {
  const { gaps, launches, transfers, ranges, criticalPath } = analyse(
    new MadeTimeline()
      .kernel("a", [0, 10], [20, 30])
      .copy("cuMemcpyHtoD_v2", [10, 20], [40, 50], { workName: "Memcpy HtoD (Pinned -> Device)" })
      .range("stage", "load weights", [0, 60])
      .done(),
  );

  it("is printed as if it had been there", () => {
    for (const one of [gaps, launches.queue, transfers.copies, transfers.by_kind[0], ranges, criticalPath]) {
      expect(inspect(one)).toBe(inspect({ ...one }));
      expect(inspect(one)).not.toContain("Getter");
    }
    expect(inspect(transfers.copies)).toContain("pinned: 1");
    expect(inspect(ranges)).toContain("host_ns: 60");
  });

  it("is in JSON and in copies", () => {
    expect(JSON.parse(JSON.stringify(transfers.copies))).toMatchObject({ pageable: 0, pinned: 1 });
    expect({ ...launches.queue }).toMatchObject({ at_ns: Float64Array.of(0, 30), depth: Float64Array.of(1, 0) });
  });
});

// What the table of a validation says of a row, by one model or by both.
import { describe, expect, it } from "vitest";
import { measured, validate } from "../../../src/model/index.js";
import { validationState } from "../../../src/view/index.js";
import type { ShownModes } from "../../../src/view/validation-modes.js";
import { columnsIn, shownRows } from "../../../widgets/validation/rows.js";
import { explanation } from "../../../widgets/validation/said.js";
import { tableColumns } from "../../../widgets/validation/table-columns.js";

const state = validationState(validate(measured("gb10")));
const row = (mode: ShownModes, at: number) =>
  tableColumns(mode).map(({ title, text }) => [title, text(columnsIn(state.columns, mode), at)]);

describe("a row", () => {
  // The matrix of FP8 fits L2: the roofline says 58.5 us, the table 34.8, and 34.8 were measured.
  it("says the one model's time and error, and its verdict in a word", () => {
    expect(row("realistic", 1)).toEqual([
      ["kernel", "gemv"],
      ["shape", "4096 x 4096"],
      ["precision", "FP8_E4M3"],
      ["measured", "34.8"],
      ["realistic", "34.81"],
      ["off by", "+0.0 %"],
      ["bound by", "memory"],
      ["verdict", "\u25cf green"],
    ]);
    expect(Object.fromEntries(row("ideal", 1))).toMatchObject({
      ideal: "58.49",
      "off by": "+68.1 %",
      verdict: "\u25a0 red",
    });
  });

  it("says two times and two errors side by side, each with the sign of its verdict", () => {
    expect(row("both", 1).slice(3)).toEqual([
      ["measured", "34.8"],
      ["realistic", "34.81"],
      ["off by", "\u25cf +0.0 %"],
      ["ideal", "58.49"],
      ["off by", "\u25a0 +68.1 %"],
      ["bound by", "memory"],
    ]);
    const colours = tableColumns("both").flatMap(({ status }) =>
      status === undefined ? [] : [status(state.columns, 1)],
    );
    expect(colours).toEqual(["green", "red"]);
  });

  it("names both bottlenecks where they differ", () => {
    const h100 = validationState(validate(measured("h100"))).columns;
    const at = h100.bottleneck.findIndex((bottleneck, i) => bottleneck !== h100.idealBottleneck[i]);
    const bound = tableColumns("both").find(({ title }) => title === "bound by")!;
    expect(bound.text(h100, at)).toBe(`${h100.bottleneck[at]} / ${h100.idealBottleneck[at]}`);
  });

  it("is counted, filtered and ordered by the model that is shown", () => {
    const choice = { text: "", statuses: new Set(["green"]), key: "residual", descending: true } as const;
    expect(shownRows(columnsIn(state.columns, "realistic"), choice)).toHaveLength(5);
    // Of the ideal model only the FP8 GEMM is green.
    const ideal = columnsIn(state.columns, "ideal");
    expect(shownRows(ideal, choice).map((at) => ideal.kernel[at] + ideal.precision[at])).toEqual(["gemmFP8_E4M3"]);
    const worst = { ...choice, statuses: new Set(["green", "yellow", "red"]), key: "idealResidual" } as const;
    expect(shownRows(state.columns, worst)[0]).toBe(2);
  });
});

describe("why", () => {
  it("explains an efficiency above 1 before any row is chosen, and at its row", () => {
    const why =
      "An efficiency of 1.68 means more than the DRAM gives: the 16.8 MB that it moves fit into the 25.2 MB of L2";
    expect(explanation(state, undefined)).toContain(why);
    expect(explanation(state, 1)).toMatch(/^gemv 4096 x 4096 FP8_E4M3: An efficiency of 1\.68/);
    expect(explanation(state, 0)).toBe("gemv 4096 x 4096 FP16: Nothing is to be added to this row.");
  });

  it("says where the measured time speaks for another bottleneck", () => {
    const h100 = validationState(validate(measured("h100")));
    const [wrong] = h100.checks[2].failing;
    const { bottleneck, measuredBottleneck } = h100.columns;
    expect(explanation(h100, wrong)).toContain(
      `Predicted ${bottleneck[wrong]}-bound, by its time ${measuredBottleneck[wrong]}-bound.`,
    );
  });

  it("asks for a row where there are many explanations", () => {
    const many = validationState(validate(measured("h100")));
    expect(explanation(many, undefined)).toBe("Choose a row to read how its time was predicted.");
    expect(explanation(many, 0)).toContain("Planned: tiles of");
  });
});

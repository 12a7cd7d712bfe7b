// What joins widgets without a kernel: links, and answers that were computed beforehand.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linkOf, startLink } from "../../../widgets/controls/links.js";
import { answerFromGrid, precomputedOf } from "../../../widgets/controls/precomputed.js";
import { PageModel } from "../../../widgets/hosts/page-model.js";

function pageOf(states: Record<string, Record<string, unknown>>): {
  models: Record<string, PageModel>;
  modelOf(reference: unknown): PageModel | undefined;
} {
  const models = Object.fromEntries(Object.entries(states).map(([id, state]) => [id, new PageModel(state)]));
  return { models, modelOf: (reference) => models[String(reference).replace("IPY_MODEL_", "")] };
}

describe("a link", () => {
  const states = (name: string) => ({
    a: { value: 3 },
    b: { value: 0 },
    link: { _model_name: name, source: ["IPY_MODEL_a", "value"], target: ["IPY_MODEL_b", "value"] },
  });

  it("begins with the source's value", () => {
    const page = pageOf(states("LinkModel"));
    startLink(linkOf(page.models["link"], page)!);
    expect(page.models["b"].get("value")).toBe(3);
  });

  it.each([
    ["LinkModel", 9],
    ["DirectionalLinkModel", 3],
  ])("%s: a change of the target leaves the source at its value, or takes it along", (name, source) => {
    const page = pageOf(states(name));
    startLink(linkOf(page.models["link"], page)!);
    page.models["b"].set("value", 9);
    expect(page.models["a"].get("value")).toBe(source);
  });

  it("ends", () => {
    const page = pageOf(states("LinkModel"));
    startLink(linkOf(page.models["link"], page)!)();
    page.models["a"].set("value", 5);
    expect(page.models["b"].get("value")).toBe(3);
  });

  it("keeps two properties equal whichever changes", () => {
    const page = pageOf(states("LinkModel"));
    startLink(linkOf(page.models["link"], page)!);
    fc.assert(
      fc.property(fc.constantFrom("a", "b"), fc.oneof(fc.integer(), fc.double(), fc.string()), (id, value) => {
        page.models[id].set("value", value);
        expect(page.models["a"].get("value")).toBe(page.models["b"].get("value"));
      }),
    );
  });

  it("is none where an end is not in the page", () => {
    const { link } = states("LinkModel");
    const page = pageOf({ a: { value: 1 }, link });
    expect(linkOf(page.models["link"], page)).toBeUndefined();
  });
});

describe("answers computed beforehand", () => {
  const answers = [["0x"], ["0y"], ["1x"], ["1y"], ["2x"], ["2y"]];
  const states = () => ({
    n: { value: 0.1 },
    s: { index: 0 },
    out: { outputs: ["first"] },
    grid: {
      view: "precomputed",
      axes: [
        ["IPY_MODEL_n", "value", [0.1, 0.2, 0.3]],
        ["IPY_MODEL_s", "index", [0, 1]],
      ],
      output: "IPY_MODEL_out",
      answers,
    },
  });

  it("leave what was saved until a control moves, and then answer for each point, the last axis fastest", () => {
    const page = pageOf(states());
    answerFromGrid(precomputedOf(page.models["grid"], page)!);
    expect(page.models["out"].get("outputs")).toEqual(["first"]);
    page.models["s"].set("index", 1);
    expect(page.models["out"].get("outputs")).toEqual(["0y"]);
    page.models["n"].set("value", 0.1 + 0.2);
    expect(page.models["out"].get("outputs")).toEqual(["2y"]);
  });

  it("say nothing for a value that is no point of the grid", () => {
    const page = pageOf(states());
    answerFromGrid(precomputedOf(page.models["grid"], page)!);
    page.models["s"].set("index", null);
    expect(page.models["out"].get("outputs")).toEqual(["first"]);
  });

  it("are not used where they do not fit the grid", () => {
    const { grid, ...others } = states();
    const page = pageOf({ ...others, grid: { ...grid, answers: answers.slice(1) } });
    expect(precomputedOf(page.models["grid"], page)).toBeUndefined();
  });
});

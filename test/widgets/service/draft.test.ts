// A scenario while it is written: values by path, and stages that come, go and move.
import { describe, expect, it } from "vitest";
import { readScenario } from "../../../src/serving/scenario/index.js";
import { presets } from "../../../src/serving/scenario/presets.js";
import {
  type Draft,
  numbersTyped,
  numberTyped,
  stagesOf,
  valueAt,
  withArrivals,
  withKind,
  withoutStage,
  withStage,
  withStageMoved,
  withValue,
} from "../../../widgets/service/draft.js";

const demo = presets.get("demo") as unknown as Draft;
const names = (draft: Draft): unknown[] => stagesOf(draft).map((stage) => (stage as { name: unknown }).name);

describe("a value at a path", () => {
  it("is read and replaced, and the draft before stays as it was", () => {
    const next = withValue(demo, "pipeline[2].value", 64);
    expect(valueAt(next, "pipeline[2].value")).toBe(64);
    expect(valueAt(demo, "pipeline[2].value")).toBe(128);
    expect(next["target"]).toBe(demo["target"]);
  });

  it("is taken away by undefined, with an object that is empty then", () => {
    const limited = withValue(demo, "slo.latency_ms", 50);
    expect(limited["slo"]).toEqual({ latency_ms: 50 });
    expect(withValue(limited, "slo.latency_ms", undefined)).toEqual(demo);
  });
});

describe("stages", () => {
  it("are added with a name of their own, and what comes of it can be run", () => {
    const next = withStage(withStage(demo));
    expect(names(next).slice(5)).toEqual(["stage 6", "stage 7"]);
    expect(readScenario(next).pipeline).toHaveLength(7);
  });

  it("are taken away and moved; beyond the ends nothing happens", () => {
    expect(names(withoutStage(demo, 1))).toEqual(["preprocess", "compute", "d2h", "postprocess"]);
    expect(names(withStageMoved(demo, 0, 2))).toEqual(["h2d", "compute", "preprocess", "d2h", "postprocess"]);
    expect(withStageMoved(demo, 0, -1)).toBe(demo);
    expect(withStageMoved(demo, 4, 5)).toBe(demo);
  });

  it.each(["fixed_ms", "bytes", "tokens", "work"])("of kind %s can be run as they begin", (kind) => {
    expect(() => readScenario(withKind(demo, 2, kind))).not.toThrow();
    expect(names(withKind(demo, 2, kind))[2]).toBe("compute");
  });
});

describe("another kind of arrivals", () => {
  it("takes along what only the kind before had", () => {
    const bursts = withValue(withArrivals(demo, "burst"), "workload.burst", 5);
    expect(() => readScenario(bursts)).not.toThrow();
    const poisson = withArrivals(bursts, "poisson");
    expect(valueAt(poisson, "workload.burst")).toBeUndefined();
    expect(() => readScenario(poisson)).not.toThrow();
  });
});

describe("what is typed", () => {
  it.each([
    ["", undefined],
    [" 12.5 ", 12.5],
    ["1,000", 1000],
    ["8_388_608", 8388608],
    ["1e3", 1000],
    ["2x", "2x"],
    ["1,5", "1,5"],
  ])("%j is %j", (text, value) => {
    expect(numberTyped(text)).toBe(value);
  });

  it("of moments is a list, and what is no number stays to be told of", () => {
    expect(numbersTyped("0, 10 20;30")).toEqual([0, 10, 20, 30]);
    expect(numbersTyped("0, soon")).toEqual([0, "soon"]);
    expect(numbersTyped(" ")).toBeUndefined();
  });
});

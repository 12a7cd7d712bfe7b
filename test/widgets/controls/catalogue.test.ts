// The page's controls against what ipywidgets itself says of its models.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { controlOf } from "../../../widgets/controls/catalogue.js";

const golden = new URL("../../notebook/controls/ipywidgets.json", import.meta.url);
const { models } = JSON.parse(readFileSync(golden, "utf8")) as { models: Record<string, Record<string, unknown>> };

/** Models that have a place in a page: neither a layout, a style nor a link. */
const visible = Object.keys(models).filter((name) => "layout" in models[name]);

describe("the page", () => {
  it("knows visible models of ipywidgets to hold itself against", () => {
    expect(visible.length).toBeGreaterThan(30);
  });

  it.each(visible)("draws %s", (name) => {
    expect(controlOf(name)).toBeTypeOf("function");
  });

  it.each(["LayoutModel", "constructorModel", "toString", undefined])("has no view for %s", (name) => {
    expect(controlOf(name)).toBeUndefined();
  });
});

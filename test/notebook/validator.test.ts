// A validation to work with, from the kernel's side: what the page is told, and what it may ask.
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { measured, validate } from "../../src/model/index.js";
import { bundleOf } from "../../src/notebook/mime.js";
import { validator } from "../../src/notebook/validator.js";
import { validationState } from "../../src/view/index.js";
import { repository } from "../cli/command.js";
import { asKernel, RecordingBridge } from "./recording-bridge.js";

const gb10 = readFileSync(`${repository}hardware/measurements/gb10.json`, "utf8");

describe("without a kernel", () => {
  it("is its table and its line", () => {
    const bundle = bundleOf(validator({ file: measured("gb10") }));
    expect(bundle["text/plain"]).toBe(String(validate(measured("gb10"))));
    expect(bundle["text/html"]).toContain("<table>");
    expect(Object.keys(bundle)).toEqual(["text/html", "text/plain"]);
    expect(bundleOf(validator())["text/plain"]).toBe("A validation without a file");
  });

  it("shows the first rows of many, and says how many more there are", () => {
    const benchmarks = Array.from({ length: 250 }, () => measured("gb10").benchmarks[0]);
    const html = String(bundleOf(validator({ file: { hardware_key: "gb10", benchmarks } }))["text/html"]);
    expect(html.match(/<tr>/g)?.length).toBe(201);
    expect(html).toContain("50 more rows are not shown here.");
  });

  it("refuses at once what cannot be read", () => {
    expect(() => validator({ file: "{", name: "a.json" })).toThrow("a.json, line 1, column 2: not valid JSON");
    expect(() => validator({ device: "h1000" })).toThrow('unknown device "h1000"');
  });
});

describe("in the kernel", () => {
  let bridge: RecordingBridge;
  let leave: () => void;
  beforeEach(() => {
    bridge = new RecordingBridge();
    leave = asKernel(bridge);
  });
  afterEach(() => leave());

  function opened(options: Parameters<typeof validator>[0] = {}) {
    const made = validator(options);
    const bundle = bundleOf(made);
    const comm = bridge.comms.find(
      ({ opening }) => (opening.data["state"] as { view?: string }).view === "validation",
    )!;
    const request = (wish: object): Record<string, unknown> => {
      const before = comm.sent.length;
      comm.onMessage!({ method: "update", state: { request: wish } }, []);
      return Object.assign({}, ...comm.sent.slice(before).map(({ data }) => data["state"]));
    };
    return { made, bundle, request, state: comm.opening.data["state"] as Record<string, unknown> };
  }

  it("shares the report as columns", () => {
    const { state, bundle } = opened({ file: measured("gb10") });
    expect(bundle["application/vnd.jupyter.widget-view+json"]).toBeDefined();
    expect(state).toMatchObject({ view: "validation", device: "gb10", measured_on: "gb10", error: "", request: null });
    expect(state["report"]).toEqual(JSON.parse(JSON.stringify(validationState(validate(measured("gb10"))))));
    expect(state["devices"]).toContainEqual({ key: "h100-sxm", name: "H100 SXM" });
  });

  it("opens the file that a page gives", () => {
    const { made, request } = opened();
    const said = request({ text: gb10, name: "mine.json" });
    expect(said).toMatchObject({ file: "mine.json", device: "gb10", request: null });
    expect(String(made)).toBe(String(validate(measured("gb10"))));
  });

  it("predicts the device that a page chooses, for the same file", () => {
    const { made, request } = opened({ file: measured("gb10") });
    expect(request({ device: "h100-sxm" })).toMatchObject({ device: "h100-sxm", request: null });
    expect(made.report?.device.key).toBe("h100-sxm");
    expect(made.report?.results).toEqual(validate(measured("gb10"), { device: "h100" }).results);
  });

  it("keeps a file of an unknown device, counts what it has, and predicts the device that is then chosen", () => {
    const { made, request } = opened({ file: measured("gb10") });
    const said = request({ text: gb10.replace('"gb10"', '"gb11"'), name: "mine.json" });
    expect(said).toMatchObject({ file: "mine.json", measured_on: "gb11", device: null, report: null, request: null });
    expect(said["error"]).toMatch(
      /^mine\.json: hardware_key: unknown device "gb11"\nDid you mean "gb10"\? Known: .*\nNothing is compared: 5 benchmarks of an unknown device\.\nOr choose the device to predict above\.$/,
    );
    expect(request({ device: "gb10" })).toMatchObject({ device: "gb10", error: "" });
    expect(made.report?.results).toEqual(validate(measured("gb10")).results);
  });

  it("tells what cannot be read, and keeps what is shown", () => {
    const { made, request } = opened({ file: measured("gb10") });
    const before = made.report;
    expect(request({ text: '{"hardware_key": "gb10"}', name: "half.json" })).toMatchObject({
      error: expect.stringContaining("half.json: benchmarks: is missing"),
      request: null,
    });
    expect(made.report).toBe(before);
    expect(request({ text: gb10, name: "whole.json" })).toMatchObject({ error: "", file: "whole.json" });
  });
});

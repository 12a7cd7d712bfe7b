// The published form of a file of driver calls: it holds of what is written here, refuses what is none, and is the one in docs/.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { f32 } from "../../src/core/dtype.js";
import { checkSchema } from "../../src/core/schema.js";
import { VirtualGPU } from "../../src/gpu/host/index.js";
import { infer } from "../../src/inference/index.js";
import { type DriverCall, driverLineSchemas, driverTraceSchema } from "../../src/trace/index.js";
import { saxpy } from "../gpu/kernels.js";

const { header, call } = driverLineSchemas;
const whole: DriverCall = { ts: 1, pid: 1, tid: 1, ph: "X", id: 1, name: "cuInit", cat: "init", dur: 5 };

describe("the schema of driver calls", () => {
  it("is the one that docs/ publishes", () => {
    const published = readFileSync(new URL("../../docs/driver-trace.schema.json", import.meta.url), "utf8");
    // `npx warplab trace --schema > docs/driver-trace.schema.json` brings it up to date.
    expect(published).toBe(`${JSON.stringify(driverTraceSchema, null, 2)}\n`);
  });

  it("is explained there by lines of a run", () => {
    const page = readFileSync(new URL("../../docs/driver-traces.md", import.meta.url), "utf8");
    const [, shown] = /```json\n(.*?)```/s.exec(page) ?? [];
    const written = new Set(infer("mlp", { device: "h100" }).trace.toJsonl().split("\n"));
    for (const line of shown.trimEnd().split("\n")) expect(written).toContain(line);
  });

  it("holds of every line of an inference and of a program on the virtual GPU", () => {
    const gpu = new VirtualGPU("h100");
    const trace = gpu.recordTrace();
    const stream = gpu.stream();
    const [x, y] = [gpu.array(f32, [1, 2]), gpu.zeros(f32, 2)];
    gpu.launch(saxpy, { grid: 1, block: 32, stream }, { n: 2, a: 2, x, y });
    stream.record().synchronize();
    gpu.memset(y, 0);
    gpu.free(x);
    for (const text of [
      infer("mlp", { device: "h100", values: "timed" }).trace.toJsonl(),
      infer("gpt2", { device: "l4", tokens: 2, precision: "bf16" }).trace.toJsonl(),
      trace.toJsonl(),
    ]) {
      const [first, ...rest] = text.trimEnd().split("\n");
      checkSchema(JSON.parse(first), header, "line 1");
      expect(rest.length).toBeGreaterThan(5);
      for (const [index, line] of rest.entries()) checkSchema(JSON.parse(line), call, `line ${index + 2}`);
    }
  });

  it("holds of begins, ends and instants, and of what a tracer says beside", () => {
    for (const line of [
      { ...whole, ph: "B", dur: undefined },
      { ...whole, ph: "E" },
      { ...whole, ph: "i", cat: "other", args: { hook: "syscall", result: -1 } },
    ])
      checkSchema(JSON.parse(JSON.stringify(line)), call);
  });

  it.each([
    ["ts: must be a whole number, got 1.5", { ts: 1.5 }],
    ["ph: must be", { ph: "C" }],
    ["cat: must be", { cat: "streams" }],
    ["durr: unknown field", { dur: undefined, durr: 5 }],
    ["args.ptr: ", { args: { ptr: "700000" } }],
    ["args.grid: must have at least 3", { args: { grid: [1, 1] } }],
  ])("refuses: %s", (message, change) => {
    expect(() => checkSchema(JSON.parse(JSON.stringify({ ...whole, ...change })), call)).toThrow(message);
  });

  it("wants each field that every line has", () => {
    fc.assert(
      fc.property(fc.constantFrom("ts", "pid", "tid", "ph", "id", "name", "cat"), (field) => {
        const { [field as keyof DriverCall]: _left, ...rest } = whole;
        expect(() => checkSchema(rest, call)).toThrow(`${field}: is missing`);
      }),
    );
  });
});

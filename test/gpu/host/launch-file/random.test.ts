// Launch files of every shape: an answer, or an InputError that says where. Never another exception.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../../src/core/errors.js";
import { encodeBase64 } from "../../../../src/gpu/host/launch-file/base64.js";
import { type LaunchFileResult, runLaunchFile } from "../../../../src/gpu/host/launch-file/run.js";
import { kernelPtx } from "../../launches.js";

const cases = Number(process.env["WARPLAB_FUZZ_CASES"] ?? 3000);
const program = readFileSync(new URL("../compilers/nvcc-13.0.ptx", import.meta.url), "utf8");
const races = readFileSync(new URL("../../analysis/sanitizer/kernels.ptx", import.meta.url), "utf8");
const files: Readonly<Record<string, string>> = { "program.ptx": program, "races.ptx": races, "bad.ptx": "no PTX" };

function run(file: unknown): LaunchFileResult {
  return runLaunchFile(file, {
    readFile(path) {
      const text = files[path];
      if (text === undefined) throw new InputError(`no file ${path}`, { where: "ptx" });
      return text;
    },
  });
}

const saxpy = {
  ptx: "program.ptx",
  kernel: "saxpy",
  grid: [2, 1, 1],
  block: [32, 1, 1],
  shared: 0,
  device: "a100",
  args: [
    { i32: 40 },
    { f32: "Infinity" },
    { ptr: { dtype: "f32", data: [1, "NaN", 3] }, offset: 0 },
    { ptr: { dtype: "f32", count: 64, fill: 1 } },
  ],
  outputs: [3],
  counters: true,
  policy: "stack",
  scheduler: "random",
  seed: 3,
  max_steps: 10_000,
  engine: "interpreter",
  sanitize: true,
};

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    0,
    1,
    1.5,
    2 ** 31,
    2 ** 53,
    1e18,
    1e300,
    "",
    "NaN",
    "-5",
    "Infinity",
    [],
    {},
  ),
  fc.constantFrom<unknown>(
    "f16",
    "bf16",
    "u64",
    "i8",
    "base64",
    "AAAA",
    "independent",
    "greedy-then-oldest",
    [1, 2, 3, 4],
  ),
  fc.constantFrom<unknown>(
    { ref: 2 },
    { ref: 9, offset: 4 },
    { u8: 300 },
    { i64: "9223372036854775808" },
    { bytes: "AAA=" },
  ),
  fc.constantFrom<unknown>(
    { ptr: { dtype: "bf16", count: 1e12 } },
    { ptr: { dtype: "u8", count: 7e10 } },
    { f16: 1e9 },
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Every path into a JSON value. */
function paths(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => paths(inner, [...path, key]))];
}

function put(value: unknown, [first, ...rest]: readonly (string | number)[], to: unknown): unknown {
  if (first === undefined) return to;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string | number, unknown>;
  if (rest.length === 0 && to === undefined) delete copy[first];
  else copy[first] = put(copy[first], rest, to);
  return copy;
}

const places = paths(saxpy);
const mutated = fc
  .array(fc.tuple(fc.constantFrom(...places), fc.oneof(odd, fc.constant(undefined))), { minLength: 1, maxLength: 3 })
  .map((changes) =>
    changes.reduce<unknown>((file, [path, to]) => {
      try {
        return put(file, path, to);
      } catch {
        return to;
      }
    }, saxpy),
  );

it("answers, or says what is wrong and where", { timeout: 60_000 + cases * 20 }, () => {
  const seen = { answered: 0, refused: 0 };
  fc.assert(
    fc.property(mutated, (file) => {
      try {
        const answer = JSON.parse(JSON.stringify(run(JSON.parse(JSON.stringify(file) ?? "null")))) as LaunchFileResult;
        expect(Array.isArray(answer.findings)).toBe(true);
        seen.answered++;
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        seen.refused++;
      }
    }),
    { numRuns: Math.ceil(cases / 10), seed: 5 },
  );
  expect(seen.answered).toBeGreaterThan(cases / 1000);
  expect(seen.refused).toBeGreaterThan(cases / 100);
});

describe("a struct by value, as nvcc lays it out", () => {
  const weights = new DataView(new ArrayBuffer(20));
  [0.5, -2, 4, 0.25].forEach((weight, i) => void weights.setFloat32(4 * i, weight, true));
  weights.setInt16(16, -3, true);
  const particle = new DataView(new ArrayBuffer(24));
  [1, 2, 3].forEach((value, i) => void particle.setFloat32(4 * i, value, true));
  particle.setInt32(12, 5, true);
  particle.setFloat64(16, 8, true);
  const bytes = (view: DataView): string => encodeBase64(new Uint8Array(view.buffer));
  const file = {
    ptx: "program.ptx",
    kernel: "structs",
    grid: [1, 1, 1],
    block: [32, 1, 1],
    args: [
      { bytes: bytes(weights) },
      { ptr: { dtype: "u8", base64: bytes(particle) } },
      { ptr: { dtype: "f32", count: 1 } },
      { i32: 1 },
    ],
    outputs: [2],
  };

  it("is given by its bytes", () => {
    const { outputs, findings } = run(file);
    expect(findings).toEqual([]);
    // -3 + 1 * 0.5 + 2 * -2 + 3 * 4 + 8 * 0.25 + 32
    expect(outputs["2"]).toEqual({ dtype: "f32", base64: encodeBase64(new Uint8Array(Float32Array.of(39.5).buffer)) });
  });

  it("of another size is refused by name", () => {
    expect(() => run({ ...file, args: [{ bytes: "AAAA" }, ...file.args.slice(1)] })).toThrow(
      /^args\[0\]: has 3 bytes where parameter structs_param_0 has 20/,
    );
  });
});

describe("what is asked for", () => {
  it("sanitize: findings with every field, and nothing of them without it", () => {
    const file = {
      ptx: "races.ptx",
      kernel: "firstBarrierMissing",
      grid: [1, 1, 1],
      block: [128, 1, 1],
      args: [{ ptr: { dtype: "i32", count: 128, fill: 3 } }, { ptr: { dtype: "i32", count: 128 } }],
    };
    expect(run(file).findings).toEqual([]);
    const { findings } = run({ ...file, sanitize: true });
    expect(findings.map(({ kind }) => kind)).toContain("data race");
    for (const finding of findings) {
      expect(Object.keys(finding).sort()).toEqual(
        ["address", "allocation", "block", "kind", "line", "message", "ptx_line", "thread"].sort(),
      );
    }
  });

  it("offsets, references and strings for 64-bit numbers", () => {
    const ptx = kernelPtx(
      2,
      0,
      ".reg .b64 %rd<4>; ld.param.u64 %rd1, [p0]; ld.param.u64 %rd2, [p1]; ld.global.u64 %rd3, [%rd1]; st.global.u64 [%rd2], %rd3; ret;",
    );
    const { outputs } = runLaunchFile(
      {
        ptx: "copy.ptx",
        kernel: "k",
        grid: 1,
        block: 1,
        args: [
          { ptr: { dtype: "u64", data: ["1", "18446744073709551615", 3] }, offset: 8 },
          { ref: 0, offset: 16 },
        ],
        outputs: [0],
      },
      { readFile: () => ptx },
    );
    const expected = BigUint64Array.of(1n, 2n ** 64n - 1n, 2n ** 64n - 1n);
    expect(outputs["0"].base64).toBe(encodeBase64(new Uint8Array(expected.buffer)));
  });

  it.each<[object, RegExp]>([
    [{ engine: "compiled" }, /^engine: there is no compiled engine yet/],
    [{ engine: "jit" }, /^engine: unknown engine "jit"/],
    [{ sanitize: 1 }, /^sanitize: must be true or false/],
    [{ sanitise: true }, /^sanitise: unknown field\nDid you mean "sanitize"\?/],
    [{ scheduler: "fifo" }, /^scheduler: unknown scheduler "fifo"/],
    [{ seed: -1 }, /^seed: must be a whole number/],
    [{ outputs: [0] }, /^outputs\[0\]: argument 0 is no array/],
    [{ max_steps: 0 }, /step limit must be at least 1/],
  ])("%j is refused", (change, message) => {
    expect(() => run({ ...saxpy, ...change })).toThrow(message);
  });

  it.each(["default", "round-robin", "greedy-then-oldest", "random"])("the scheduler %s", (scheduler) => {
    const { outputs, findings } = run({
      ...saxpy,
      scheduler,
      seed: 0,
      args: [{ i32: 40 }, { f32: 2 }, { ptr: { dtype: "f32", count: 64, fill: 3 } }, saxpy.args[3]],
    });
    expect(findings).toEqual([]);
    const expected = Float32Array.from({ length: 64 }, (_, i) => (i < 40 ? 7 : 1));
    expect(outputs["3"].base64).toBe(encodeBase64(new Uint8Array(expected.buffer)));
  });
});

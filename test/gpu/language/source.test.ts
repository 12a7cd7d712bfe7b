import { afterEach, describe, expect, expectTypeOf, it } from "vitest";
import { f32, i32, i64, u32, u64 } from "../../../src/core/dtype.js";
import { VirtualGPU } from "../../../src/gpu/host/index.js";
import {
  type DevicePointer,
  type DeviceValues,
  fn,
  type Helpers,
  type HostArguments,
  type Kernel,
  type KernelBody,
  kernel,
  setFunctionSourceProvider,
  type ThreadContext,
} from "../../../src/gpu/language/index.js";

afterEach(() => setFunctionSourceProvider(undefined));

describe("the source of a kernel", () => {
  const typed = {
    text: "({ out }: P, { threadIdx }: C) => {\n  const i: number = threadIdx.x;\n  out[i] = i;\n}",
    code: "({ out }   , { threadIdx }   ) => {\n  const i         = threadIdx.x;\n  out[i] = i;\n}",
    origin: "cell 3",
    firstLine: 4,
  };

  it("is what was typed, where somebody knows that", () => {
    const asked: string[] = [];
    setFunctionSourceProvider((name, transpiled) => {
      asked.push(name, transpiled);
      return typed;
    });
    const { ptx, debug } = kernel("typed", { out: i32.ptr }, () => {});
    expect(asked).toEqual(["typed", expect.stringContaining("=>")]);
    expect(debug.source).toEqual({ text: typed.text, origin: "cell 3", firstLine: 4, language: "typescript" });
    expect(ptx).toContain('.file 1 "cell 3"');
    expect(ptx).toContain(".loc 1 2 9\n  mov.u32         %i, %tid.x;");
  });

  it("names lines of the cell in errors, and quotes what was typed", () => {
    setFunctionSourceProvider(() => ({
      ...typed,
      code: typed.code.replace("= i;", "= j;"),
      text: typed.text.replace("= i;", "= j;"),
    }));
    expect(() => kernel("typed", { out: i32.ptr }, () => {})).toThrow(
      /^cell 3, line 6, column 12: j comes from outside.*\n {6}out\[i\] = j;\n {15}\^/,
    );
  });

  it("is the transpiled text otherwise, its lines dedented alike", () => {
    const nested = () =>
      kernel("nested", { out: i32.ptr }, ({ out }, { threadIdx }) => {
        if (threadIdx.x === 0) {
          out[0] = 1;
        }
      });
    const { text, origin, language } = nested().debug.source;
    expect(text.split("\n").at(-1)).toBe("}");
    expect(text.split("\n")[1]).toMatch(/^\s{1,2}if/);
    expect({ origin, language }).toEqual({ origin: "nested (transpiled)", language: "javascript" });
  });
});

describe("the sources of a kernel and of the functions that it calls", () => {
  const cells: Record<string, string> = {
    half: "({ n, x }) => {\n  if (n > 3) return x[n];\n  return n >> 1;\n}",
    halves: "({ x }, { threadIdx, half }) => {\n  x[threadIdx.x] = half(threadIdx.x, x);\n}",
  };
  const halves = () => {
    setFunctionSourceProvider((name) => ({
      text: cells[name],
      code: cells[name],
      origin: name === "half" ? "cell 2" : "cell 7",
      firstLine: name === "half" ? 5 : 2,
    }));
    const half = fn("half", { n: i32, x: i32.ptr }, i32, () => 0, { inline: false });
    return kernel("halves", { x: i32.ptr }, () => {}, { use: { half } });
  };

  it("are told apart by the file of a line, each with variables of its own", () => {
    const { ptx, debug } = halves();
    expect(ptx).toContain('.file 1 "cell 7"\n.file 2 "cell 2"');
    expect(ptx).toMatch(/\.loc 2 1 \d+\n {2}ld\.param/);
    expect(ptx).toMatch(/\.loc 2 3 3\n {2}shr\.s32/);
    expect(debug.source).toMatchObject({ text: cells["halves"], origin: "cell 7", firstLine: 2 });
    expect(debug.functions).toMatchObject([
      { name: "half", source: { text: cells["half"], origin: "cell 2", firstLine: 5 } },
    ]);
    expect(debug.functions?.[0].variables.map(({ name, type }) => `${name}: ${type}`)).toEqual([
      "n: i32",
      "x: i32.ptr",
    ]);
    const [within] = ptx.split(".visible .entry").slice(0, 1);
    for (const { register } of debug.functions?.[0].variables ?? []) expect(within).toContain(`${register}`);
  });

  it("name the function's line where a lane goes wrong inside", () => {
    const gpu = new VirtualGPU("h100");
    const x = gpu.zeros(i32, 6, { label: "x" });
    expect(() => gpu.launch(halves(), { grid: 1, block: 8 }, { x })).toThrow(
      /kernel "halves", cell 2, line 6, column \d+, .*thread \(6\)[\s\S]*\n {6}if \(n > 3\) return x\[n\];\n/,
    );
  });
});

describe("which types literals and variables take", () => {
  const types = (made: Kernel) => Object.fromEntries(made.debug.variables.map(({ name, type }) => [name, type]));

  it("a sum takes the type of what is added, and may then meet an i32", () => {
    const mean = kernel("mean", { n: i32, x: f32.ptr, out: f32.ptr }, ({ n, x, out }) => {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += x[k];
      out[0] = sum / n;
    });
    expect(types(mean as unknown as Kernel)).toMatchObject({ sum: "f32", k: "i32" });
  });

  it("variables that only meet each other share what one of them meets", () => {
    const shared = kernel("chain", { out: i64.ptr }, ({ out }) => {
      let a = 0;
      let b = 1;
      for (let k = 0; k < 50; k++) {
        const next = a + b;
        a = b;
        b = next;
        out[k] = a;
      }
    });
    expect(types(shared as unknown as Kernel)).toMatchObject({ a: "i64", b: "i64", next: "i64", k: "i32" });
  });

  it("a cast says it", () => {
    const cast = kernel("cast", { n: i32, x: f32.ptr }, ({ n, x }, { i32 }) => {
      let k = i32(0);
      while (k < n) k++;
      x[0] = k * x[1];
    });
    expect(types(cast as unknown as Kernel)).toMatchObject({ k: "i32" });
  });

  it(">>> takes what it is given, and gives the unsigned type", () => {
    const shifts = kernel("shifts", { n: i32, u: u64, out: u32.ptr }, ({ n, u, out }, { i64, u32, threadIdx }) => {
      const t = threadIdx.x;
      const less = 20;
      const a = (t - less) >>> 1;
      const b = (t * 2 + 1) >>> 3;
      let low = 0;
      const middle = (low + n + 1) >>> 1;
      low = n;
      const wide = (i64(t) - 20) >>> 1;
      const unsigned = (u + 1) >>> 1;
      out[0] = a + b + middle + u32(wide) + u32(unsigned);
      out[low] = (t - 20) >>> 1;
    });
    expect(types(shifts as unknown as Kernel)).toMatchObject({
      a: "u32",
      b: "u32",
      low: "i32",
      middle: "u32",
      wide: "u64",
      unsigned: "u64",
    });
  });

  it(">>> makes a variable unsigned that nothing else decides, whatever it is cast to", () => {
    const hash = kernel("hash", { out: i32.ptr, x: f32.ptr }, ({ out, x }, { i32, f32 }) => {
      let h = 0xdeadbeef;
      out[0] = i32(h);
      x[0] = f32(h);
      h ^= h >>> 16;
      let top = 0;
      top = h >>> 24;
      out[1] = i32(top);
    });
    expect(types(hash as unknown as Kernel)).toMatchObject({ h: "u32", top: "u32" });
  });

  it("a shared extent and an index may be one constant", () => {
    const tile = kernel("tile", { x: f32.ptr }, ({ x }, { shared, threadIdx, f32 }) => {
      const T = 8;
      const cache = shared(f32, [T, T + 1]);
      cache[threadIdx.x][0] = x[T];
      x[0] = cache[0][0] + cache.length;
    });
    expect(tile.ptx).toContain("cache[288];");
  });
});

describe("what an editor sees", () => {
  it("numbers for scalars, indexables for pointers, the thread's context", () => {
    type S = { n: typeof i32; l: typeof i64; x: typeof f32.ptr };
    expectTypeOf<DeviceValues<S>>().toEqualTypeOf<{ n: number; l: number; x: DevicePointer<"f32"> }>();
    expectTypeOf<Parameters<KernelBody<S, Helpers>>[1]>().toExtend<ThreadContext>();
    expectTypeOf<HostArguments<S>>().toEqualTypeOf<{
      readonly n: number;
      readonly l: number | bigint;
      readonly x: Float32Array;
    }>();
  });

  it("a slip in a name, a type or a helper's argument", () => {
    const half = fn("half", { v: f32 }, f32, ({ v }) => v / 2);
    // @ts-expect-error no such parameter
    expect(() => kernel("k", { x: f32.ptr }, ({ y }) => (y[0] = 1))).toThrow("the signature has no parameter y");
    // @ts-expect-error no such function in the context
    expect(() => kernel("k", { x: f32.ptr }, ({ x }, { syncThread }) => (x[0] = syncThread()))).toThrow(
      "Did you mean syncthreads?",
    );
    // @ts-expect-error the argument is called v
    expect(() => kernel("k", { x: f32.ptr }, ({ x }, { half }) => (x[0] = half({ w: 1 })), { use: { half } })).toThrow(
      "takes no w",
    );
  });
});

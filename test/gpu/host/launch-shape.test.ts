import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/core/errors.js";
import { runLaunchFile, VirtualGPU } from "../../../src/gpu/host/index.js";

const kernelPtx = (bounds = "") => `.version 7.8
  .target sm_80
  .address_size 64
  .visible .entry k() ${bounds} { ret; }`;

type Shape = readonly [number, number, number];

const fromNotebook = (bounds: string, grid: Shape, block: Shape) => {
  const gpu = new VirtualGPU("h100");
  return gpu.launch(gpu.load(kernelPtx(bounds)).kernel(), { grid, block }, []);
};
const fromFile = (bounds: string, grid: Shape, block: Shape) =>
  runLaunchFile({ ptx: "k.ptx", kernel: "k", device: "h100", grid, block }, { readFile: () => kernelPtx(bounds) });

describe.each([
  ["a notebook", fromNotebook],
  ["a launch file", fromFile],
])("a launch from %s", (_, launch) => {
  it.each<[string, string, Shape, Shape, string]>([
    [
      "a grid too wide",
      "",
      [2 ** 31, 1, 1],
      [1, 1, 1],
      'launch of "k": grid (2147483648) is too large: x can be 2147483647 at most',
    ],
    ["a grid too high", "", [1, 65536, 1], [1, 1, 1], "grid (1, 65536) is too large: y can be 65535 at most"],
    ["a grid too deep", "", [1, 1, 65536], [1, 1, 1], "grid (1, 1, 65536) is too large: z can be 65535 at most"],
    ["a block too wide", "", [1, 1, 1], [1025, 1, 1], "block (1025) is too large: x can be 1024 at most"],
    ["a block too high", "", [1, 1, 1], [1, 1025, 1], "block (1, 1025) is too large: y can be 1024 at most"],
    ["a block too deep", "", [1, 1, 1], [1, 1, 65], "block (1, 1, 65) is too large: z can be 64 at most"],
    [
      "more threads than .maxntid",
      ".maxntid 64, 2, 1",
      [1, 1, 1],
      [129, 1, 1],
      "a block of 129 threads, where the kernel was compiled for 128 at most (.maxntid)",
    ],
    [
      "another block than .reqntid",
      ".reqntid 64, 2",
      [1, 1, 1],
      [128, 1, 1],
      "a block of (128), where the kernel was compiled for (64, 2) (.reqntid)",
    ],
  ])("is refused for %s", (_case, bounds, grid, block, message) => {
    expect(() => launch(bounds, grid, block)).toThrow(InputError);
    expect(() => launch(bounds, grid, block)).toThrow(message);
  });

  it("runs at each limit", () => {
    launch("", [1, 65535, 1], [1, 1, 1]);
    launch("", [1, 1, 1], [1, 16, 64]);
    launch(".maxntid 64, 2, 1 .minnctapersm 2", [1, 1, 1], [16, 8, 1]);
    launch('.reqntid 64, 2 .pragma "nounroll";', [1, 1, 1], [64, 2, 1]);
  });
});

describe("a launch to be stepped", () => {
  it("is refused before it is shown", () => {
    const gpu = new VirtualGPU("h100");
    expect(() => gpu.step(gpu.load(kernelPtx()).kernel(), { grid: [1, 70000], block: 1 }, [])).toThrow(
      /grid \(1, 70000\) is too large/,
    );
  });
});

describe("a launch of what is no kernel", () => {
  const gpu = new VirtualGPU("h100");
  it.each<[string, unknown, string]>([
    ["an object", {}, "launch: the first argument is no kernel, got an object\nGive what kernel(...)"],
    ["nothing", undefined, "the first argument is no kernel, got undefined"],
    ["a plain function", function add() {}, "the first argument is no kernel, got the function add"],
    ["the module that holds it", gpu.load(kernelPtx()), "got a value of class PtxModule"],
  ])("is refused: %s", (_, kernel, message) => {
    expect(() => gpu.launch(kernel as never, { grid: 1, block: 1 }, [] as never)).toThrow(InputError);
    expect(() => gpu.launch(kernel as never, { grid: 1, block: 1 }, [] as never)).toThrow(message);
  });

  it("and one without a shape", () => {
    const k = gpu.load(kernelPtx()).kernel();
    expect(() => gpu.launch(k, undefined as never, [])).toThrow(
      'launch of "k": the second argument must be a launch\'s shape, got undefined',
    );
    expect(() => gpu.launch(k, { grid: Number.NaN, block: 1 }, [])).toThrow(
      "grid must be whole numbers of at least 1, got NaN",
    );
  });
});

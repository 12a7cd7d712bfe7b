import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repository, warplab, warplabJson } from "./command.js";

const gemv = ["predict", "gemv", "--shape", "4096,4096", "--precision", "fp16", "--device", "gb10"];

describe("warplab predict", () => {
  it("answers with the fields of the contract", async () => {
    expect(await warplabJson([...gemv, "--mode", "realistic"])).toEqual({
      device: "gb10",
      kernel_type: "gemv",
      shape: [4096, 4096],
      precision: "FP16",
      mode: "realistic",
      model: "table",
      protocol: null,
      predicted_time_us: expect.closeTo(203.4, 1),
      predicted_tflops: expect.closeTo(0.16495, 4),
      effective_tflops: expect.closeTo(0.16495, 4),
      ai: expect.closeTo(0.99951, 4),
      critical_ai: expect.closeTo(62e12 / 287e9, 6),
      bottleneck: "memory",
      limiter: "DRAM",
      efficiency_factor: 0.575,
      flops: 2 * 4096 * 4096,
      bytes: 2 * (4096 * 4096 + 2 * 4096),
    });
  });

  it("answers realistically unless told otherwise, and ideally when told", async () => {
    expect(await warplabJson(gemv)).toMatchObject({ mode: "realistic", model: "table" });
    expect(await warplabJson([...gemv, "--mode", "ideal"])).toMatchObject({ mode: "ideal", efficiency_factor: null });
  });

  it("invents no efficiency where the device has none, and says what answered", async () => {
    const words = ["predict", "gemm", "--shape", "1024x1024x1024", "--precision", "FP32", "--device", "a100"];
    expect(await warplabJson(words)).toMatchObject({
      device: "a100-pcie-80gb",
      model: "planner",
      efficiency_factor: null,
    });
  });

  it("says the answer in a line, then both modes side by side", async () => {
    const { stdout, status } = await warplab(gemv);
    expect(status).toBe(0);
    const [headline, , heading, time] = stdout.split("\n");
    expect(headline).toBe("gemv 4096 x 4096 FP16 on gb10: 203 us, memory-bound, 0.165 TFLOP/s (realistic, table)");
    expect(heading.trim().split(/\s+/)).toEqual(["ideal", "realistic"]);
    expect(time.split(/\s+/)).toEqual(["time", "117", "203.4", "us"]);
  });

  it.each([
    {
      slip: { "--device": "h1000" },
      says: /^warplab: unknown device "h1000"\nDid you mean "h100"\? Known: a10, a100-pcie-40gb, .*, xeon-8480\.\n$/,
    },
    { slip: { "--precision": "fp17" }, says: /^warplab: precision: unknown precision "fp17"\nDid you mean FP16\?/ },
    {
      slip: { "--shape": "4096" },
      says: 'warplab: --shape: "4096" is no shape of a gemv\nWrite whole numbers of at least 1 for N,K: --shape 4096,4096.\n',
    },
    { slip: { "--shape": "0,1" }, says: /"0,1" is no shape of a gemv/ },
    { slip: { "--shape": "4096,-1" }, says: /"4096,-1" is no shape of a gemv/ },
    { slip: { "--shape": "1.5,2" }, says: /"1.5,2" is no shape of a gemv/ },
    { slip: { "--mode": "quick" }, says: /^warplab: mode: unknown mode "quick"/ },
    {
      slip: { "--device": "a100", "--precision": "fp8" },
      says: /A100 PCIe 80 GB has no peak for FP8_E4M3\nIt has FP64/,
    },
  ])("refuses $slip in one message", async ({ slip, says }) => {
    const options = { "--shape": "4096,4096", "--precision": "fp16", "--device": "gb10", ...slip };
    const { status, stdout, stderr } = await warplab(["predict", "gemv", ...Object.entries(options).flat()]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    if (typeof says === "string") expect(stderr).toBe(says);
    else expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });
});

describe("warplab predict, extents by name", () => {
  const decode = "attention --batch 8 --heads 32 --kv-heads 8 --head-dim 128 --q-len 1 --kv-len 8192".split(" ");
  const where = ["--precision", "bf16", "--device", "h100"];

  it("takes an option for each, and leaves out those with a default", async () => {
    expect(await warplabJson(["predict", ...decode, ...where])).toMatchObject({
      kernel_type: "attention",
      shape: [8, 32, 8, 128, 1, 8192, 0, 0, 1],
      precision: "BF16",
      protocol: "graph",
      bottleneck: "memory",
      limiter: "DRAM",
      flops: 4 * 8 * 32 * 128 * 8192,
    });
    const whole = ["predict", "attention", "--shape", "8,32,8,128,1,8192,0,0,1", ...where];
    expect(await warplabJson(whole)).toEqual(await warplabJson(["predict", ...decode, ...where]));
  });

  it("takes flags, bare and with a word", async () => {
    const prefill = ["predict", ..."attention --batch 1 --heads 32 --head-dim 128 --q-len 1024".split(" "), ...where];
    const shapeOf = async (...words: string[]) =>
      ((await warplabJson([...prefill, ...words])) as { shape: number[] }).shape;
    expect(await shapeOf("--causal")).toEqual([1, 32, 32, 128, 1024, 1024, 1, 0, 1]);
    expect(await shapeOf("--causal", "false", "--flash", "false")).toEqual([1, 32, 32, 128, 1024, 1024, 0, 0, 0]);
    const ffn = ["predict", ..."ffn --batch 1 --seq 64 --hidden 512 --inner 2048 --gated".split(" "), ...where];
    expect(await warplabJson(ffn)).toMatchObject({ shape: [1, 64, 512, 2048, 1], flops: 6 * 64 * 512 * 2048 });
  });

  it("spells M as tables do, or small", async () => {
    const small = await warplabJson(["predict", "gemm", "--m", "64", "--n", "128", "--k", "256", ...where]);
    expect(await warplabJson(["predict", "gemm", "--M", "64", "--N", "128", "--K", "256", ...where])).toEqual(small);
    expect(small).toMatchObject({ shape: [64, 128, 256] });
  });

  it.each([
    {
      words: "gemm --m 1",
      says: "gemm: N, K not given\nWrite --m 4096 --n 4096 --k 4096, or --shape 4096,4096,4096.\n",
    },
    { words: "gemm", says: "gemm: no shape is given\nWrite --m 4096" },
    { words: "gemm --m 1 --shape 1,2,3", says: "--shape and --m both say the shape\n" },
    {
      words: "gemm --m 1e3 --n 1 --k 1",
      says: '--m: M cannot be "1e3"\nWrite a whole number of at least 1: --m 4096.\n',
    },
    { words: "ffn --batch 1 --seq 1 --hidden 1 --inner 0", says: '--inner: inner cannot be "0"\n' },
    {
      words: "ffn --batch 1 --seq 1 --hidden 1 --inner 1 --gated maybe",
      says: '--gated: gated cannot be "maybe"\nWrite --gated, or --gated false.\n',
    },
    {
      words: "attention --shape 1,2,3",
      says: '--shape: "1,2,3" is no shape of an attention\nWrite whole numbers for batch,',
    },
    {
      words: "attention --batch 1 --heads 32 --kv-heads 5 --head-dim 64 --q-len 1",
      says: "shape: 32 heads cannot share 5 kv_heads evenly\n",
    },
    {
      words: "gemm --shape 1,1,1 --protocol stopwatch",
      says: 'protocol: unknown protocol "stopwatch"\nKnown: "graph"',
    },
    { words: "gemm --shape 1,1,1 --weight int3", says: 'weight: unknown precision "int3"\n' },
    {
      words: "gemm --shape 1,1,1 --mode ideal --candidates",
      says: "'--candidates' cannot be used with option '--mode",
    },
  ])("refuses $words in one message", async ({ words, says }) => {
    const { status, stdout, stderr } = await warplab(["predict", ...words.split(" "), ...where]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(`warplab: ${says.startsWith("'") ? "option " : ""}${says}`);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });
});

describe("warplab predict --candidates", () => {
  const asked = [
    "predict",
    "gemm",
    "--shape",
    "512,512,8192",
    "--precision",
    "fp16",
    "--device",
    "h100",
    "--candidates",
  ];

  it("prints every way that was priced, the one that is taken first", async () => {
    const { stdout, status } = await warplab(asked);
    expect(status).toBe(0);
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^gemm 512 x 512 x 8192 FP16 on h100-sxm: [\d.]+ us, .* \(planner\)$/);
    expect(lines[3]).toMatch(/^Kernel 1 of 1, matmul, bound by .*\. Planned: tiles of /);
    expect(lines[4].trim().split(/ {2,}/).slice(0, 4)).toEqual(["tile", "split", "blocks", "waves"]);
    const times = lines.slice(5, -1).map((line) => Number(line.trim().split(/ {2,}/).at(-1)));
    expect(times.length).toBeGreaterThan(20);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(lines.at(-1)).toBe(`${times.length} ways, the first is taken; each resource as if it were alone.`);
  });

  it("gives them as JSON, kernel by kernel", async () => {
    const { prediction, launch_us, kernels } = (await warplabJson(asked)) as {
      prediction: { predicted_time_us: number; model: string };
      launch_us: number;
      kernels: { kind: string; time_us: number; candidates: { choice: object; time_us: number }[] }[];
    };
    expect(prediction.model).toBe("planner");
    expect(kernels).toHaveLength(1);
    expect(kernels[0]).toMatchObject({ kind: "matmul", candidates: expect.any(Array) });
    expect(kernels[0].candidates[0].time_us).toBe(kernels[0].time_us);
    expect(prediction.predicted_time_us).toBeCloseTo(kernels[0].time_us + launch_us, 9);
  });
});

describe("--hardware", () => {
  const folder = mkdtempSync(join(tmpdir(), "warplab-hardware-"));
  const own = JSON.parse(readFileSync(`${repository}hardware/h100-sxm.json`, "utf8"));
  writeFileSync(
    join(folder, "mine.json"),
    JSON.stringify({
      ...own,
      key: "mine",
      name: "Mine",
      aliases: [],
      peak_tflops: { FP16: 1 },
      sources: {},
      unsure: [],
    }),
  );

  it("adds the devices of a folder's files", async () => {
    const words = [
      "predict",
      "gemm",
      "--shape",
      "1000,1000,1000",
      "--precision",
      "fp16",
      "--device",
      "mine",
      "--mode",
      "ideal",
    ];
    expect(await warplabJson([...words, "--hardware", folder])).toMatchObject({
      device: "mine",
      predicted_time_us: 2000,
    });
    expect((await warplab(["devices", "--hardware", folder])).stdout).toMatch(/^mine +Mine /m);
  });

  it("names the file and the field that are wrong", async () => {
    const broken = mkdtempSync(join(tmpdir(), "warplab-hardware-"));
    writeFileSync(join(broken, "x.json"), JSON.stringify({ ...own, dram: { type: "HBM3" } }));
    const { status, stderr } = await warplab(["devices", "--hardware", broken]);
    expect(status).toBe(2);
    expect(stderr).toContain("x.json");
    expect(stderr).toContain("bandwidth_gb_s");
  });

  it.each([
    { dir: join(folder, "nowhere"), says: "there is no such file or folder" },
    { dir: `${repository}package.json`, says: "this is a file" },
    { dir: mkdtempSync(join(tmpdir(), "warplab-empty-")), says: "there is no .json file in it" },
  ])("says of a folder that is none: $says", async ({ dir, says }) => {
    const { status, stderr } = await warplab(["devices", "--hardware", dir]);
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(`${dir}: `) });
    expect(stderr).toContain(says);
  });
});

describe("warplab devices", () => {
  it("lists each device with SI figures and sources as JSON", async () => {
    const { devices } = (await warplabJson(["devices"])) as { devices: { key: string }[] };
    expect(devices.map(({ key }) => key)).toEqual(expect.arrayContaining(["gb10", "a100-pcie-80gb", "h100-sxm"]));
    expect(devices.find(({ key }) => key === "a100-pcie-80gb")).toMatchObject({
      peak: { FP32: 19.5e12 },
      dram: { bandwidth: 1935e9 },
    });
  });

  it("gives one device, by alias, figure by figure with its source", async () => {
    const { stdout } = await warplab(["devices", "A100"]);
    expect(stdout).toMatch(/^A100 PCIe 80 GB \(a100-pcie-80gb\), NVIDIA Ampere$/m);
    expect(stdout).toMatch(/^peak FP32 +19\.5 TFLOP\/s {2}\S/m);
  });
});

describe("an operator that is not known", () => {
  it("is refused with those that are", async () => {
    const { status, stderr } = await warplab(["predict", "conv", "--shape", "1,2"]);
    expect(status).toBe(2);
    expect(stderr).toContain('unknown kernel "conv"\n');
    expect(stderr).toContain('Known: "gemv", "gemm"');
  });
});

describe("what is timed", () => {
  const asked = [
    "predict",
    "gemm",
    "--shape",
    "64,1024,1024",
    "--precision",
    "fp8",
    "--device",
    "h100",
    "--mode",
    "planner",
  ];
  const timeOf = async (...words: string[]): Promise<number> =>
    ((await warplabJson([...asked, ...words])) as { predicted_time_us: number }).predicted_time_us;

  it("says what L2 holds, and whether activations are converted first", async () => {
    const cold = await timeOf();
    expect(await timeOf("--cache", "cold")).toBe(cold);
    expect(await timeOf("--cache", "warm")).toBeLessThan(cold);
    expect(await timeOf("--quantise", "blocks")).toBeGreaterThan(cold);
    expect(await warplabJson([...asked, "--cache", "rotating", "--quantise", "rows"])).toMatchObject({
      cache: "rotating",
      quantise: "rows",
    });
  });

  it.each([
    [["--cache", "hot"], 'cache: unknown cache "hot"\nKnown: "cold", "warm" or "rotating".'],
    [["--quantise", "all"], 'quantise: unknown quantisation "all"\nKnown: "matrix", "rows" or "blocks".'],
  ])("refuses %j", async (words, says) => {
    const { status, stdout, stderr } = await warplab([...asked, ...words]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(says);
  });
});

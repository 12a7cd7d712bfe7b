import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { device, devices } from "../../src/hardware/index.js";
import { isNotCovered } from "../../src/model/accuracy/rows/cells.js";
import { readRow } from "../../src/model/accuracy/rows/index.js";
import { predict } from "../../src/model/index.js";
import {
  type AttentionWork,
  attention,
  ffn,
  readShape,
  uniform,
  visibleKeys,
  visibleScores,
} from "../../src/model/operator/index.js";
import { defaultConstants, plannerOf } from "../../src/model/planner/index.js";
import { placeOnRoofline } from "../../src/model/roofline/index.js";

const bf16 = uniform("BF16");
const shapeOf = (named: Record<string, number>) => readShape(attention, named);
const kernelOf = (named: Record<string, number>, formats = bf16) =>
  attention.kernels(shapeOf(named), formats)[0] as AttentionWork;

describe("the work of attention", () => {
  it("is 4 head_dim operations a score, and Q, K, V and O once", () => {
    // 2 sequences, 4 heads, 3 x 3 scores of 64: 2 * 4 * 9 * 4 * 64 = 18432 operations.
    const work = attention.work(shapeOf({ batch: 2, heads: 4, head_dim: 64, q_len: 3 }), bf16);
    expect(work.flop).toEqual({ BF16: 18_432 });
    // Q, K, V and O have 2 * 4 * 3 * 64 = 1536 elements of 2 bytes each.
    expect(work.bytes.dram).toBe(4 * 1536 * 2);
  });

  it("leaves out what a causal mask hides: 1 + 2 + 3 of 9 scores", () => {
    expect(visibleScores(kernelOf({ batch: 1, heads: 1, head_dim: 64, q_len: 3, causal: 1 }))).toBe(6);
    // The two last of five positions see 4 and 5 keys.
    expect(visibleScores(kernelOf({ batch: 1, heads: 1, head_dim: 64, q_len: 2, kv_len: 5, causal: 1 }))).toBe(9);
  });

  it("sees through a window of 2 at most 2 keys: 1 + 2 + 2 scores, and of a long cache only its end", () => {
    expect(visibleScores(kernelOf({ batch: 1, heads: 1, head_dim: 64, q_len: 3, causal: 1, window: 2 }))).toBe(5);
    expect(visibleKeys(kernelOf({ batch: 1, heads: 1, head_dim: 64, q_len: 1, kv_len: 1000, window: 128 }))).toBe(128);
  });

  it("reads a cache once for all the heads that share it, in the cache's own format", () => {
    const shape = shapeOf({ batch: 1, heads: 8, kv_heads: 2, head_dim: 128, q_len: 1, kv_len: 1024 });
    const { bytes } = attention.work(shape, { ...bf16, weight: "FP8_E4M3" });
    // Q and O: 8 * 128 * 2 bytes each; K and V: 2 * 1024 * 128 bytes each.
    expect(bytes.dram).toBe(2 * 2048 + 2 * 262_144);
  });

  it("takes the scores through memory four times without flash, in three kernels", () => {
    const shape = shapeOf({ batch: 1, heads: 2, head_dim: 64, q_len: 16, causal: 1, flash: 0 });
    expect(attention.work(shape, bf16).bytes.dram).toBe(4 * (2 * 16 * 64 * 2) + 4 * (2 * 16 * 16 * 2));
    expect(attention.kernels(shape, bf16).map(({ kind }) => kind)).toEqual(["matmul", "stream", "matmul"]);
  });

  it("counts the scores as a loop over queries and keys does", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(30), fc.nat(50), (queries, cached, window) => {
        const keys = queries + cached;
        let counted = 0;
        for (let query = 0; query < queries; query++) {
          const position = cached + query;
          for (let key = 0; key <= position; key++) if (window === 0 || position - key < window) counted++;
        }
        const named = { batch: 1, heads: 1, head_dim: 8, q_len: queries, kv_len: keys, causal: 1, window };
        expect(visibleScores(kernelOf(named))).toBe(counted);
      }),
    );
  });

  it("says which heads, keys or windows do not fit", () => {
    const shape = { batch: 1, heads: 6, kv_heads: 4, head_dim: 64, q_len: 8 };
    expect(() => shapeOf(shape)).toThrow(
      "shape: 6 heads cannot share 4 kv_heads evenly\nLet heads be a multiple of kv_heads.",
    );
    expect(() => shapeOf({ ...shape, kv_heads: 2, kv_len: 4, causal: 1 })).toThrow(
      "8 queries have only 4 keys under a causal mask",
    );
    expect(() => shapeOf({ ...shape, kv_heads: 2, window: 4 })).toThrow("a window looks back");
    expect(() => shapeOf({ ...shape, kv_heads: 2, flash: 2 })).toThrow("flash must be true or false, got 2");
  });
});

describe("the work of a feed-forward network", () => {
  const shape = { batch: 2, seq: 8, hidden: 64, inner: 256 };

  it("is two products, or three when gated", () => {
    // 16 tokens, 2 * 64 * 256 weights, 2 operations each.
    expect(ffn.work(readShape(ffn, shape), bf16).flop).toEqual({ BF16: 16 * 2 * 2 * 64 * 256 });
    expect(ffn.work(readShape(ffn, { ...shape, gated: 1 }), bf16)).toEqual({
      flop: { BF16: 16 * 2 * 3 * 64 * 256 },
      units: "matrix",
      bytes: { dram: 2 * (16 * 64 + 3 * 64 * 256 + 16 * 64) },
    });
  });

  it("is done by a product for gate and values together, the activation, and a product", () => {
    const kernels = ffn.kernels(readShape(ffn, { ...shape, gated: 1 }), { ...bf16, weight: "FP8_E4M3" });
    expect(kernels).toMatchObject([
      { kind: "matmul", m: 16, n: 512, k: 64, formats: { weight: "FP8_E4M3" } },
      { kind: "stream", read: 2 * 16 * 512, written: 2 * 16 * 256 },
      { kind: "matmul", m: 16, n: 64, k: 256 },
    ]);
    const operations = kernels.reduce(
      (sum, kernel) => sum + (kernel.kind === "matmul" ? kernel.m * kernel.n * kernel.k : 0),
      0,
    );
    expect(2 * operations).toBe(ffn.work(readShape(ffn, { ...shape, gated: 1 }), bf16).flop.BF16);
  });
});

describe("the plan of attention", () => {
  const h100 = plannerOf(device("h100-sxm"));
  const b200 = plannerOf(device("b200"));
  const prefill = { batch: 1, heads: 32, head_dim: 128, q_len: 8192, causal: 1 };
  const decode = { batch: 64, heads: 32, kv_heads: 8, head_dim: 128, q_len: 1, kv_len: 4096 };

  it("of a long prompt is bound by the arithmetic, at most at the share of the peak that attention reaches", () => {
    const plan = h100.plan(kernelOf(prefill));
    const { BF16 } = attention.work(shapeOf(prefill), bf16).flop;
    expect(plan.resources.compute).toBeGreaterThan((BF16 as number) / (989e12 * defaultConstants.attentionShare));
    expect(plan.inWords()).toBe("Planned: tiles of 128 queries x 64 keys; 2048 blocks on 132 SMs.");
  });

  it("spends more of its time on exponentials where tensor cores grew and special function units did not", () => {
    const share = ({ special = 0, compute = 0 }) => special / (special + compute);
    expect(share(b200.plan(kernelOf(prefill)).resources)).toBeGreaterThan(
      share(h100.plan(kernelOf(prefill)).resources),
    );
  });

  it("masks score by score only the tiles that a mask hides in part", () => {
    // One block for one head: 128 queries of the last tile see 64 tiles of keys, whole but for the two on the diagonal.
    const one = { batch: 1, heads: 1, head_dim: 128, q_len: 128, kv_len: 4096, flash: 1 };
    const unsplit = (named: Record<string, number>) =>
      h100
        .plan(kernelOf(named))
        .candidates?.()
        .find(({ choice }) => choice["split"] === 1);
    const whole = unsplit(one)?.resources.special as number;
    const instructions = defaultConstants.scoreInstructions / ((67e12 / 2 / 132 / 1830e6) * 1830e6);
    expect(unsplit({ ...one, causal: 1 })?.resources.special).toBeCloseTo(whole + 2 * 128 * 64 * instructions, 12);
    // A window of 128 leaves two tiles on the diagonal and two at its other edge.
    expect(unsplit({ ...one, causal: 1, window: 128 })?.resources.special).toBeCloseTo(
      (4 / 64) * whole + 4 * 128 * 64 * instructions,
      12,
    );
  });

  it("of a decode step over a long cache is bound by the DRAM", () => {
    const plan = h100.plan(kernelOf({ ...decode, kv_len: 32_768 }));
    // 2 * 64 * 8 * 32768 * 128 * 2 bytes at 0.87 of 3350 GB/s: 5.9 ms.
    expect(plan.resources.dram).toBeCloseTo((2 * 64 * 8 * 32_768 * 128 * 2) / (0.87 * 3350e9), 5);
    expect(plan.resources.dram).toBeGreaterThan(plan.resources.compute ?? 0);
  });

  it("splits a long cache of one sequence over the SMs", () => {
    const plan = h100.plan(kernelOf({ batch: 1, heads: 8, kv_heads: 1, head_dim: 128, q_len: 1, kv_len: 131_072 }));
    expect(plan.inWords()).toBe(
      "Planned: the 8 queries of a group by a block, the cache in 128 parts; 128 blocks on 132 SMs.",
    );
  });

  it("shows every split with its price, the cheapest first", () => {
    const plan = h100.plan(kernelOf({ batch: 8, heads: 8, head_dim: 128, q_len: 1, kv_len: 8192 }));
    const candidates = plan.candidates?.() ?? [];
    expect(candidates.length).toBeGreaterThan(2);
    expect(candidates[0].time).toBe(plan.time);
    expect(candidates.map(({ time }) => time)).toEqual(candidates.map(({ time }) => time).sort((a, b) => a - b));
  });

  it("goes head by head where a group has more rows than a kernel takes", () => {
    const words = (heads: number) =>
      h100.plan(kernelOf({ batch: 64, heads, kv_heads: 1, head_dim: 128, q_len: 1, kv_len: 64 })).inWords();
    expect(words(32)).toBe("Planned: the 32 queries of a group by a block; 64 blocks on 132 SMs.");
    expect(words(64)).toBe("Planned: each head by a block; 4096 blocks on 132 SMs.");
  });

  it("takes the query of a single head to the tensor cores only where its operands need no registers", () => {
    const single = kernelOf({ batch: 64, heads: 8, head_dim: 128, q_len: 1, kv_len: 64 });
    expect(b200.plan(single).inWords()).toBe("Planned: the query of a head by a block; 512 blocks on 148 SMs.");
    expect(b200.plan(single).resources.special).toBeGreaterThan(0);
    expect(h100.plan(single).inWords()).toBe("Planned: each head by a block; 512 blocks on 132 SMs.");
    expect(h100.plan(single).resources.special).toBeUndefined();
  });

  it("moves at each level of memory what that level sees", () => {
    // 128 heads that share keys and values: DRAM has them once, L2 sees them for every head.
    const { resources: _, traffic } = h100.plan(
      kernelOf({ batch: 1, heads: 128, kv_heads: 1, head_dim: 64, q_len: 1, kv_len: 64 }),
    );
    const outer = 2 * 128 * 64 * 2;
    expect(traffic?.()).toEqual({
      dram: 2 * 64 * 64 * 2 + outer,
      l2: 128 * 2 * 64 * 64 * 2 + outer,
      l1: 2 * 128 * 2 * 64 * 64 * 2 + outer,
    });
  });

  it("reads keys and values that lie in the same memory once from DRAM", () => {
    const kernel = kernelOf({ ...decode, kv_len: 32_768 });
    const shared = h100.plan({ ...kernel, valuesInKeys: true }).resources;
    expect(shared.dram as number).toBeCloseTo((h100.plan(kernel).resources.dram as number) / 2, 4);
  });

  it("pads a head of 80 to 128 on Hopper, and not on Blackwell", () => {
    const encoder = (head_dim: number) => kernelOf({ batch: 8, heads: 16, head_dim, q_len: 4096 });
    expect(h100.plan(encoder(80)).resources.compute).toBe(h100.plan(encoder(128)).resources.compute);
    expect(b200.plan(encoder(80)).resources.compute).toBeCloseTo(
      (80 / 128) * (b200.plan(encoder(128)).resources.compute as number),
      12,
    );
    // 72 is no multiple of 16: left to the instruction of Ampere.
    expect(b200.plan(encoder(72)).time).toBeGreaterThan(2 * b200.plan(encoder(80)).time);
  });

  it("takes no less time for more sequences, queries, keys or heads", () => {
    const count = fc.integer({ min: 1, max: 200 });
    fc.assert(
      fc.property(
        fc.constantFrom("a100", "h100-sxm", "b200", "l40s", "t4"),
        fc.record({ batch: count, groups: fc.integer({ min: 1, max: 8 }), kv: count, q: count, cached: fc.nat(4000) }),
        fc.constantFrom("batch", "kv", "q", "cached"),
        (name, some, grown) => {
          const time = ({ batch, groups, kv, q, cached }: typeof some) => {
            const heads = groups * kv;
            const named = { batch, heads, kv_heads: kv, head_dim: 64, q_len: q, kv_len: q + cached, causal: 1 };
            return plannerOf(device(name)).plan(kernelOf(named, uniform("FP16"))).time;
          };
          // A step from one kernel to another is no growth of the same one.
          fc.pre(grown !== "q" || some.q > 32);
          fc.pre(grown !== "cached" || some.cached > 0);
          expect(time({ ...some, [grown]: some[grown] * 2 })).toBeGreaterThanOrEqual(time(some) * (1 - 1e-9));
        },
      ),
    );
  });

  it("takes at least the roofline's time, and less than a hundred times that, on every device with SMs", () => {
    const plannable = devices().filter(({ sms }) => sms !== undefined);
    expect(plannable.length).toBeGreaterThan(20);
    for (const spec of plannable) {
      const precision = (["BF16", "FP16", "FP32"] as const).find((name) => spec.peak[name] !== undefined);
      if (precision === undefined) continue;
      for (const named of [prefill, { ...decode, kv_len: 16_384 }]) {
        const { time: least } = placeOnRoofline(attention.work(shapeOf(named), uniform(precision)), spec);
        const { time } = plannerOf(spec).plan(kernelOf(named, uniform(precision)));
        expect(time / least, `${spec.key} ${named.q_len}`).toBeGreaterThan(1);
        expect(time / least, `${spec.key} ${named.q_len}`).toBeLessThan(100);
      }
    }
  });

  it("answers for a device without special functions, FP32 peak and power limit, and says what it supposes", () => {
    const bare = { ...device("h100-sxm"), specialPerClock: undefined, tdp: undefined };
    const { FP32: _, ...peak } = bare.peak;
    const kernel = kernelOf(prefill);
    const plan = plannerOf({ ...bare, peak }).plan(kernel);
    expect(plan.time).toBeCloseTo(h100.plan(kernel).time, 3);
    expect(plan.inWords()).toMatch(/The file of H100 SXM states no tdp_w, so no power limit is reckoned with\.$/);
  });

  it("of a device whose products were measured to be slower is slower by as much", () => {
    const slow = { ...device("h100-sxm"), sustained: { dram: undefined, math: { BF16: 0.4 } } };
    const [before, after] = [h100, plannerOf(slow)].map((planner) => planner.plan(kernelOf(prefill)).resources);
    expect(after.compute as number).toBeGreaterThan(1.5 * (before.compute as number));
    expect(after.special).toBe(before.special);
  });

  it("is what predict answers with", () => {
    const options = { kernel: "attention", shape: prefill, precision: "bf16", device: "h100" } as const;
    const { predicted_time_us, bottleneck, flops } = predict(options);
    expect(bottleneck).toBe("compute");
    expect(flops).toBe(4 * 32 * 128 * ((8192 * 8193) / 2));
    expect(predicted_time_us * 1e-6).toBeGreaterThan(flops / 989e12);
    expect(predict({ ...options, mode: "ideal" }).predicted_time_us).toBeCloseTo((flops / 989e12) * 1e6, 6);
    expect(predict({ ...options, shape: decode }).bottleneck).toBe("memory");
    const network = { batch: 1, seq: 1, hidden: 4096, inner: 11_008, gated: 1 };
    expect(predict({ ...options, kernel: "ffn", shape: network }).bottleneck).toBe("memory");
  });
});

describe("rows that time attention", () => {
  const row = {
    source: "aiconfigurator",
    gpu: "H100-SXM",
    op: "attn_context",
    batch: "2",
    isl: "1024",
    step: "0",
    heads: "32",
    kv_heads: "8",
    head_dim: "128",
    window: "0",
    dtype: "bfloat16",
    kv_dtype: "bfloat16",
    framework: "trtllm-1.3.0rc20",
    measured_us: "100",
  };
  const read = (changed: Partial<typeof row>) => {
    const question = readRow({ ...row, ...changed });
    if (isNotCovered(question)) throw new Error(question.reason);
    return question;
  };
  const planner = plannerOf(device("h100-sxm"));
  const seconds = (changed: Partial<typeof row>) => read(changed).predict(planner).time;

  it("ask for causal attention of new tokens after cached ones, for one token, or for all to all", () => {
    const each = 4 * 2 * 32 * 128;
    expect(read({}).work.flop).toEqual({ BF16: each * ((1024 * 1025) / 2) });
    expect(read({ step: "100" }).work.flop).toEqual({ BF16: each * ((1024 * 1025) / 2 + 100 * 1024) });
    expect(read({ op: "attn_generation", isl: "1", step: "99" }).work.flop).toEqual({ BF16: each * 100 });
    expect(read({ op: "attn_encoder", kv_heads: "32" }).work.flop).toEqual({ BF16: each * 1024 ** 2 });
  });

  it("are of TensorRT-LLM's whole module, and of the kernel alone elsewhere", () => {
    expect(seconds({})).toBeGreaterThan(seconds({ framework: "vllm-0.14.0" }) + 5e-6);
  });

  it("have three small kernels before a prompt's, two before a step of generation, and one more there on datacenter Blackwell", () => {
    const kernels = (name: string, changed: Partial<typeof row>) => {
      const answer = read(changed).predict(plannerOf(device(name)));
      return typeof answer === "number" ? [] : answer.kernels.map(({ kind }) => kind);
    };
    const step = { op: "attn_generation", isl: "1", step: "7" };
    expect(kernels("h100", {})).toEqual(["preparation", "preparation", "preparation", "attention"]);
    expect(kernels("h100", { op: "attn_encoder" })).toEqual(["preparation", "preparation", "attention"]);
    expect(kernels("h100", step)).toEqual(["stream", "stream", "attention"]);
    expect(kernels("b200", step)).toEqual(["stream", "stream", "stream", "attention"]);
  });

  it("multiply prompts in the cache's 8 bits, and widen the cache for generation", () => {
    expect(Object.keys(read({ kv_dtype: "fp8" }).work.flop)).toEqual(["FP8_E4M3"]);
    const generation = read({ op: "attn_generation", isl: "1", step: "4095", kv_dtype: "fp8" });
    expect(Object.keys(generation.work.flop)).toEqual(["BF16"]);
  });

  it("of collectors before 1.3.0rc20 read keys and values from the same memory", () => {
    const long = { op: "attn_generation", batch: "64", isl: "1", step: "16383" };
    const time = (framework: string) => seconds({ ...long, framework });
    expect(time("trtllm-1.0.0")).toBeLessThan(0.7 * time("trtllm-1.3.0rc20"));
    expect(time("trtllm-1.3.0rc15")).toBe(time("trtllm-1.0.0"));
    expect(time("trtllm-1.3.0")).toBe(time("trtllm-1.3.0rc20"));
  });

  it("are not covered where heads do not fit or a dtype is unknown", () => {
    expect(readRow({ ...row, heads: "30" })).toEqual({ reason: "30 heads do not share 8 kv_heads evenly" });
    expect(readRow({ ...row, kv_dtype: "fp6" })).toEqual({ reason: "dtype fp6 is not predicted yet" });
  });

  it("are not covered where a column that may be left out holds no number, which is no default", () => {
    expect(readRow({ ...row, step: "many" })).toEqual({ reason: 'step is "many"' });
    expect(readRow({ ...row, window: "-1" })).toEqual({ reason: 'window is "-1"' });
    expect(readRow({ ...row, kv_heads: "0" })).toEqual({ reason: 'kv_heads is "0"' });
  });
});

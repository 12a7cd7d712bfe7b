// Runs that can be reckoned by hand: a step of n tokens takes 8 + n milliseconds (by-hand.ts).
import { describe, expect, it } from "vitest";
import { endsOf, firstTokensOf, plainSteps, recorded, runLlm, stepsOf } from "./by-hand.js";

/** 1000 bytes a token: 6 blocks of 2 tokens, where two requests of 4 + 8 tokens need 6 each in the end. */
const tightCache = { kv_block_tokens: 2, kv_cache_gb: 12e-6 };
const twoThatGrow = recorded([
  [0, 4, 8],
  [0, 4, 8],
]);

describe("one request", () => {
  it("gets its first token from the prefill, and each other from a decode step", () => {
    const run = runLlm();
    expect(stepsOf(run)).toEqual(["0-12: 4 + 0", "12-21: 0 + 1", "21-30: 0 + 1"]);
    expect(endsOf(run)).toEqual([30]);
    const { avg_ms, avg_queue_ms, tokens } = run.summary;
    expect(avg_ms).toBeCloseTo(12 + 2 * 9, 9);
    expect(avg_queue_ms).toBe(0);
    expect(tokens!.ttft_p50_ms).toBeCloseTo(12, 9);
    expect(tokens!.tpot_p50_ms).toBeCloseTo(9, 9);
    expect(tokens!.itl_p99_ms).toBeCloseTo(9, 9);
  });

  it("of one token is done with its prefill", () => {
    const run = runLlm({ workload: { output_tokens: 1 } });
    expect(stepsOf(run)).toEqual(["0-12: 4 + 0"]);
    expect(run.summary.tokens!.tpot_p50_ms).toBeNull();
    expect(run.stages.map(({ name, count }) => [name, count])).toEqual([
      ["queue", 1],
      ["prefill", 1],
      ["decode", 0],
    ]);
  });

  it("takes attention by its context and the head by the requests that get a token", () => {
    const steps = {
      ...plainSteps,
      head: { requests: [1, 2], seconds: [0.1, 0.2] },
      decode_attention: { requests: [1], context: [0, 10], seconds: [[0, 1]] },
      prefill_attention: {
        tokens: [1, 101],
        context: [0, 100],
        seconds: [
          [0, 1],
          [10, 11],
        ],
      },
    };
    // 12 ms, the head 100 ms, attention of 4 tokens 0.3 s; then contexts of 5 and of 6 tokens: 0.5 and 0.6 s.
    expect(endsOf(runLlm({}, steps))).toEqual([12 + 100 + 300 + (9 + 100 + 500) + (9 + 100 + 600)]);
    // In two halves: the second behind two tokens, 0.02 s; only it is followed by a token.
    expect(firstTokensOf(runLlm({ serving: { prefill_chunk_tokens: 2 } }, steps))).toEqual([
      10 + 100 + (10 + 100 + 100 + 20),
    ]);
  });

  it("takes what the host adds to every step", () => {
    expect(endsOf(runLlm({ serving: { step_overhead_ms: 5 } }))).toEqual([30 + 3 * 5]);
  });
});

describe("two requests", () => {
  const two = recorded([
    [0, 4, 3],
    [5, 2, 4],
  ]);

  it("decode together, once the second prompt has had a step of its own in which the first waits", () => {
    const run = runLlm({ workload: two });
    expect(stepsOf(run)).toEqual(["0-12: 4 + 0", "12-22: 2 + 0", "22-32: 0 + 2", "32-42: 0 + 2", "42-51: 0 + 1"]);
    expect(endsOf(run)).toEqual([42, 51]);
    expect(firstTokensOf(run)).toEqual([12, 22]);
    // 20 ms between the first and the second token of the first request: the prefill of the other and a decode step.
    expect(run.summary.tokens!.itl_p99_ms).toBeCloseTo(20, 9);
    expect(run.summary.avg_queue_ms).toBeCloseTo((0 + 7) / 2, 9);
  });

  it("share a prefill when they come together", () => {
    const together = recorded([
      [0, 4, 3],
      [0, 2, 4],
    ]);
    expect(stepsOf(runLlm({ workload: together }))).toEqual([
      "0-14: 6 + 0",
      "14-24: 0 + 2",
      "24-34: 0 + 2",
      "34-43: 0 + 1",
    ]);
  });

  it("are prefilled one after the other where a step has no room for both", () => {
    const together = recorded([
      [0, 4, 3],
      [0, 2, 4],
    ]);
    const serving = { max_batched_tokens: 6, max_batch_size: 6 };
    expect(stepsOf(runLlm({ workload: together, serving })).slice(0, 2)).toEqual(["0-14: 6 + 0", "14-24: 0 + 2"]);
    const less = { max_batched_tokens: 5, max_batch_size: 5 };
    const shorter = recorded([
      [0, 4, 2],
      [0, 2, 2],
    ]);
    expect(stepsOf(runLlm({ workload: shorter, serving: less })).slice(0, 2)).toEqual(["0-12: 4 + 0", "12-22: 2 + 0"]);
  });

  it("run one after the other where one may run at a time", () => {
    const run = runLlm({ workload: two, serving: { max_batch_size: 1 } });
    expect(endsOf(run)).toEqual([30, 30 + 10 + 3 * 9]);
  });
});

describe("prompts in chunks", () => {
  const workload = recorded([
    [0, 4, 6],
    [5, 20, 2],
  ]);

  it("come beside those that decode", () => {
    const run = runLlm({ workload, serving: { prefill_chunk_tokens: 4 } });
    expect(stepsOf(run)).toEqual([
      "0-12: 4 + 0",
      "12-25: 4 + 1",
      "25-38: 4 + 1",
      "38-51: 4 + 1",
      "51-64: 4 + 1",
      "64-77: 4 + 1",
      "77-86: 0 + 1",
    ]);
    expect(firstTokensOf(run)).toEqual([12, 77]);
  });

  it("keep the time between tokens below that of a step with a chunk, where a whole prompt does not", () => {
    const most = (serving: object) => runLlm({ workload, serving }).summary.tokens!.itl_p99_ms!;
    expect(most({ prefill_chunk_tokens: 4 })).toBeLessThanOrEqual(8 + 4 + 1 + 1e-9);
    expect(most({})).toBeCloseTo(8 + 20 + (8 + 2), 9);
  });

  it("are Orca's whole prompts beside decoding requests where chunks are longer than any prompt", () => {
    expect(stepsOf(runLlm({ workload, serving: { prefill_chunk_tokens: 100 } }))).toEqual([
      "0-12: 4 + 0",
      "12-41: 20 + 1",
      "41-51: 0 + 2",
      "51-60: 0 + 1",
      "60-69: 0 + 1",
      "69-78: 0 + 1",
    ]);
  });
});

describe("preemption", () => {
  it("recomputes the youngest from its prompt and its answer so far", () => {
    const run = runLlm({ workload: twoThatGrow, serving: tightCache });
    expect(stepsOf(run)).toEqual([
      "0-16: 8 + 0",
      "16-26: 0 + 2",
      "26-36: 0 + 2",
      // All six blocks are full with 6 tokens each: the second request goes, with 3 tokens of its answer.
      "36-45: 0 + 1",
      "45-54: 0 + 1",
      "54-63: 0 + 1",
      "63-72: 0 + 1",
      "72-81: 0 + 1",
      "81-96: 7 + 0",
      "96-105: 0 + 1",
      "105-114: 0 + 1",
      "114-123: 0 + 1",
      "123-132: 0 + 1",
    ]);
    expect(endsOf(run)).toEqual([81, 132]);
    expect(run.summary.tokens!.preemptions).toBe(1);
    expect(run.summary.tokens!.kv_peak_percent).toBe(100);
    expect(run.summary.avg_queue_ms).toBeCloseTo((81 - 36) / 2, 9);
    expect(run.bottleneck.kind).toBe("kv-cache");
  });

  it("swaps its blocks out and in, which the steps wait for", () => {
    const run = runLlm({ workload: twoThatGrow, serving: { ...tightCache, preemption: "swap" } });
    // Three blocks of 2000 bytes at 1 MB/s out and 2 MB/s in: 6 and 3 ms.
    expect(stepsOf(run)).toEqual([
      "0-16: 8 + 0",
      "16-26: 0 + 2",
      "26-36: 0 + 2",
      "36-51: 0 + 1",
      "51-60: 0 + 1",
      "60-69: 0 + 1",
      "69-78: 0 + 1",
      "78-87: 0 + 1",
      "87-99: 0 + 1",
      "99-108: 0 + 1",
      "108-117: 0 + 1",
      "117-126: 0 + 1",
      "126-135: 0 + 1",
    ]);
    expect(run.summary.tokens!.preemptions).toBe(1);
  });
});

describe("prefill and decode apart", () => {
  const serving = { disaggregated: { prefill_replicas: 1, decode_replicas: 1, link_gbps: 1e-3 } };

  it("give the first token where it is prefilled, and the others when keys and values have come", () => {
    const run = runLlm({ serving });
    expect(stepsOf(run, 0)).toEqual(["0-12: 4 + 0"]);
    // 4 tokens of 1000 bytes at 1 MB/s: 4 ms.
    expect(stepsOf(run, 1)).toEqual(["16-25: 0 + 1", "25-34: 0 + 1"]);
    expect(firstTokensOf(run)).toEqual([12]);
    expect(run.stages.map(({ name, avg_ms }) => [name, Number(avg_ms.toFixed(6))])).toEqual([
      ["queue", 0],
      ["prefill", 12],
      ["transfer", 4],
      ["decode", 18],
    ]);
  });

  it("share the link between those that transfer", () => {
    const workload = recorded([
      [0, 4, 3],
      [0, 2, 3],
    ]);
    const run = runLlm({ workload, serving });
    // From 14 ms both take half of it: 2000 bytes are there after 4 ms, the other 2000 bytes after 2 more.
    const { start, end } = run.log!.stages[1];
    expect([...start].map((s) => Math.round(s * 1e6))).toEqual([14000, 14000]);
    expect([...end].map((s) => Math.round(s * 1e6))).toEqual([20000, 18000]);
    expect(stepsOf(run, 1)).toEqual(["18-27: 0 + 1", "27-37: 0 + 2", "37-46: 0 + 1"]);
  });

  it("wait for room where they decode, and keep their blocks where they were prefilled until they have gone", () => {
    const workload = recorded([
      [0, 4, 3],
      [0, 4, 3],
    ]);
    const run = runLlm({ workload, serving: { ...serving, kv_block_tokens: 2, kv_cache_gb: 8e-6 } });
    // Room for four blocks: both prompts fit where they are prefilled, and together where they decode until one needs a third block.
    expect(stepsOf(run, 0)).toEqual(["0-16: 8 + 0"]);
    expect(run.summary.tokens!.preemptions).toBe(1);
    expect(run.checks.filter(({ holds }) => !holds)).toEqual([]);
  });
});

describe("a request that can never be served", () => {
  it("is refused before the run, with what it needs and what there is", () => {
    expect(() => runLlm({ workload: { output_tokens: 100 }, serving: tightCache })).toThrow(
      "serving.kv_cache_gb: request 0 (a prompt of 4 tokens, an answer of 100) needs 52 blocks of the KV cache and a replica has 6 " +
        "(0.000104 GB and 0.000012 GB)\nIt could never be served: bound input_tokens and output_tokens by max, or give a replica more " +
        "memory (kv_cache_gb, tensor_parallel, kv_precision).",
    );
    expect(() => runLlm({ workload: { input_tokens: 300 }, serving: { max_batched_tokens: 256 } })).toThrow(
      "serving.max_batched_tokens: request 0 (a prompt of 300 tokens, an answer of 3) may have to prefill 302 tokens at once and a step " +
        "takes 256\nIt could never be served: raise max_batched_tokens, cut prompts with prefill_chunk_tokens, or bound the tokens by max.",
    );
  });
});

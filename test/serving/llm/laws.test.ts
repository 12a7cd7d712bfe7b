// What holds for every run of a language model's service, whatever is asked of it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { simulateLlm } from "../../../src/serving/llm/index.js";
import { type LlmService, routerKinds } from "../../../src/serving/scenario/index.js";
import { type Asked, llmScenario, plainSteps, recorded, runLlm } from "./by-hand.js";

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const rows = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 30 })), {
    minLength: 1,
    maxLength: 25,
  })
  .map((list) => [...list].sort(([a], [b]) => a - b));

/** Services that can serve whatever `rows` asks: blocks for 69 tokens at least. */
const services: fc.Arbitrary<Partial<LlmService>> = fc
  .record({
    apart: fc.boolean(),
    replicas: fc.integer({ min: 1, max: 3 }),
    decoders: fc.integer({ min: 1, max: 3 }),
    link: fc.integer({ min: 1, max: 1000 }),
    router: fc.constantFrom(...routerKinds),
    max_batch_size: fc.integer({ min: 1, max: 12 }),
    max_batched_tokens: fc.integer({ min: 70, max: 200 }),
    chunk: optional(fc.integer({ min: 1, max: 70 })),
    kv_block_tokens: fc.integer({ min: 1, max: 9 }),
    tokens: fc.integer({ min: 80, max: 300 }),
    preemption: fc.constantFrom("recompute" as const, "swap" as const),
  })
  .map(({ apart, replicas, decoders, link, chunk, tokens, ...rest }) => ({
    ...rest,
    kv_cache_gb: tokens * 1e-6,
    ...(chunk === undefined ? {} : { prefill_chunk_tokens: chunk }),
    ...(apart
      ? { disaggregated: { prefill_replicas: replicas, decode_replicas: decoders, link_gbps: link * 1e-5 } }
      : { replicas }),
  }));

const cases = { numRuns: 300 };

describe("every run", () => {
  it("conserves requests, tokens and blocks, and obeys Little's law and the utilisation law", () => {
    fc.assert(
      fc.property(rows, services, (asked, serving) => {
        const run = runLlm({ workload: recorded(asked), serving });
        expect(run.checks.length).toBeGreaterThanOrEqual(6);
        expect(run.checks.filter(({ holds }) => !holds)).toEqual([]);
        expect(run.summary.completed_requests).toBe(asked.length);
      }),
      cases,
    );
  });

  it("gives a request its times in order, its parts the whole", () => {
    fc.assert(
      fc.property(rows, services, (asked, serving) => {
        const { log, summary, stages } = runLlm({ workload: recorded(asked), serving });
        for (let id = 0; id < asked.length; id++) {
          let now = log!.requests.arrival[id];
          for (const { queued, start, end } of log!.stages) {
            if (Number.isNaN(start[id])) continue;
            expect(queued[id]).toBeGreaterThanOrEqual(now);
            expect(start[id]).toBeGreaterThanOrEqual(queued[id]);
            expect(end[id]).toBeGreaterThanOrEqual(start[id]);
            now = end[id];
          }
          expect(log!.requests.end[id]).toBe(now);
        }
        // What a request waits while it is preempted is in its queue and in its decode or prefill.
        const parts = stages.reduce((sum, { total_ms }) => sum + total_ms, 0);
        const whole = summary.avg_ms! * asked.length;
        if (summary.tokens!.preemptions === 0) expect(parts).toBeCloseTo(whole, 6);
        else expect(parts).toBeGreaterThanOrEqual(whole - 1e-6);
      }),
      cases,
    );
  });

  it("never runs two steps of a replica at a time, or two requests on one lane", () => {
    fc.assert(
      fc.property(rows, services, (asked, serving) => {
        const { log } = runLlm({ workload: recorded(asked), serving });
        for (const { start, end } of log!.tracks) {
          for (let i = 1; i < start.length; i++) expect(start[i]).toBeGreaterThanOrEqual(end[i - 1]);
        }
        const [prefill] = log!.stages;
        const decode = log!.stages[log!.stages.length - 1];
        const spans = asked
          .map((_, id) => ({ lane: decode.lane[id], start: decode.start[id], end: decode.end[id] }))
          .filter(({ start }) => !Number.isNaN(start))
          .sort((a, b) => a.lane - b.lane || a.start - b.start);
        for (const [i, { lane, start }] of spans.entries()) {
          if (i > 0 && spans[i - 1].lane === lane) expect(start).toBeGreaterThanOrEqual(spans[i - 1].end - 1e-12);
        }
        expect([...prefill.lane].every((lane) => lane >= 0)).toBe(true);
      }),
      cases,
    );
  });

  it("is the same, byte for byte, for the same seed, and has the same figures with and without a log", () => {
    const draws: Partial<Asked["workload"]> = {
      rps: 40,
      duration_s: 3,
      arrivals: "poisson",
      input_tokens: { distribution: "lognormal", mean: 20, max: 40 },
      output_tokens: { distribution: "uniform", min: 1, max: 30 },
    };
    fc.assert(
      fc.property(services, fc.nat(), (serving, seed) => {
        const asked = { workload: draws, serving };
        const one = runLlm(asked, plainSteps, seed);
        expect(runLlm(asked, plainSteps, seed)).toEqual(one);
        const { log, ...figures } = one;
        const costs = { stages: {}, links: {}, steps: plainSteps };
        expect(simulateLlm(llmScenario(asked), costs, { seed, keep: "figures" })).toEqual(figures);
      }),
      { numRuns: 50 },
    );
  });

  it("prefers nobody of one age: requests that do not compete for memory are admitted in the order of their arrival", () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 8 }), (asked, max_batch_size) => {
        const { log } = runLlm({ workload: recorded(asked), serving: { max_batch_size } });
        const { start } = log!.stages[0];
        for (let id = 1; id < asked.length; id++) expect(start[id]).toBeGreaterThanOrEqual(start[id - 1]);
      }),
      cases,
    );
  });
});

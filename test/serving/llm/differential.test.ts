// The simulator against the same service written another way (reference.ts), over random requests.
import fc from "fast-check";
import { expect, it } from "vitest";
import { plainSteps, recorded, runLlm } from "./by-hand.js";
import { reference } from "./reference.js";

const rows = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 150 }), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 30 })), {
    minLength: 1,
    maxLength: 20,
  })
  // Each with a part of a millisecond of its own, so that none arrives when a step ends: rounding would say which is first.
  .map((list) => list.sort(([a], [b]) => a - b).map(([at, ...rest], i) => [at + 0.013 * (i + 1), ...rest] as const));

const services = fc.record({
  replicas: fc.integer({ min: 1, max: 3 }),
  maxBatch: fc.integer({ min: 1, max: 12 }),
  maxTokens: fc.integer({ min: 70, max: 200 }),
  chunk: fc.option(fc.integer({ min: 1, max: 70 }), { nil: undefined }),
  blockTokens: fc.integer({ min: 1, max: 9 }),
  tokens: fc.integer({ min: 80, max: 130 }),
  preemption: fc.constantFrom("recompute" as const, "swap" as const),
});

it("gives every request its tokens when the reference does", () => {
  let preemptions = 0;
  fc.assert(
    fc.property(rows, services, (asked, { tokens, ...service }) => {
      const blocks = Math.floor(tokens / service.blockTokens);
      const run = runLlm({
        workload: recorded(asked),
        serving: {
          replicas: service.replicas,
          max_batch_size: service.maxBatch,
          max_batched_tokens: service.maxTokens,
          ...(service.chunk === undefined ? {} : { prefill_chunk_tokens: service.chunk }),
          kv_block_tokens: service.blockTokens,
          kv_cache_gb: (blocks * service.blockTokens + 0.5) * 1e-6,
          preemption: service.preemption,
        },
      });
      const swap = { swapOut: plainSteps.swap!.out, swapIn: plainSteps.swap!.in };
      const expected = reference(asked, { ...service, ...swap, blocks, tokenBytes: 1000 });
      preemptions += run.summary.tokens!.preemptions;
      for (const [id, { first, end }] of expected.entries()) {
        expect(run.log!.stages[0].end[id]).toBeCloseTo(first, 9);
        expect(run.log!.requests.end[id]).toBeCloseTo(end, 9);
      }
    }),
    { numRuns: 500 },
  );
  // The cases must have been hard enough.
  expect(preemptions).toBeGreaterThan(300);
});

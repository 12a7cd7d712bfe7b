// The parts of the simulator by themselves: the columns of requests, routers, token counts, step times.
import { describe, expect, it } from "vitest";
import { Requests } from "../../../src/serving/llm/requests.js";
import { type Load, Router } from "../../../src/serving/llm/router.js";
import { StepTime } from "../../../src/serving/llm/step-time.js";
import { TokenStream } from "../../../src/serving/llm/token-counts.js";
import type { RouterKind, TokenCounts } from "../../../src/serving/scenario/index.js";
import { llmScenario, plainSteps } from "./by-hand.js";

describe("the columns of requests", () => {
  it("grow with those that are inside at a time, and not with those that were", () => {
    const inside = new Requests();
    for (let id = 0; id < 10_000; id++) {
      const slot = inside.take(id, id, 1, 1);
      inside.release(slot);
    }
    expect(inside.count).toBe(0);
    expect(inside.id.length).toBe(64);
    const slots = Array.from({ length: 65 }, (_, id) => inside.take(id, id, 2, 3));
    expect(new Set(slots).size).toBe(65);
    expect(inside.id.length).toBe(128);
    expect(slots.map((slot) => inside.arrival[slot])).toEqual(slots.map((_, id) => id));
  });
});

describe("a router", () => {
  const loads: readonly Load[] = [
    { requests: 3, tokens: 10 },
    { requests: 1, tokens: 30 },
    { requests: 2, tokens: 5 },
  ];
  const chosen = (kind: RouterKind, count: number) => {
    const router = new Router(kind, loads, 7, "router");
    return Array.from({ length: count }, () => router.choose());
  };

  it("takes replicas in turn, or the one with the fewest requests, or with the fewest tokens", () => {
    expect(chosen("round-robin", 7)).toEqual([0, 1, 2, 0, 1, 2, 0]);
    expect(chosen("least-requests", 3)).toEqual([1, 1, 1]);
    expect(chosen("least-tokens", 3)).toEqual([2, 2, 2]);
  });

  it("of two that are drawn takes the one with fewer requests: the fullest never, the emptiest in two of three draws", () => {
    const counts = [0, 0, 0];
    for (const i of chosen("power-of-two", 9000)) counts[i]++;
    expect(counts[0]).toBe(0);
    expect(Math.abs(counts[1] - 6000)).toBeLessThan(5 * Math.sqrt((9000 * 2) / 9));
  });

  it("by lot takes each as often", () => {
    const counts = [0, 0, 0];
    for (const i of chosen("random", 9000)) counts[i]++;
    for (const count of counts) expect(Math.abs(count - 3000)).toBeLessThan(5 * Math.sqrt((9000 * 2) / 9));
  });
});

describe("token counts", () => {
  const drawn = (counts: number | TokenCounts, count: number, seed = 1) => {
    const stream = TokenStream.of(llmScenario({ workload: { input_tokens: counts } }), "input", seed);
    return Array.from({ length: count }, () => stream.next());
  };

  it("are what is written", () => {
    expect(drawn(7, 3)).toEqual([7, 7, 7]);
    expect(drawn({ distribution: "constant", mean: 7 }, 2)).toEqual([7, 7]);
    expect(drawn({ distribution: "recorded", values: [3, 1, 4] }, 5)).toEqual([3, 1, 4, 3, 1]);
  });

  it("are spread as is written, as whole numbers", () => {
    const uniform = drawn({ distribution: "uniform", min: 2, max: 5 }, 4000);
    expect(new Set(uniform)).toEqual(new Set([2, 3, 4, 5]));
    const lognormal = drawn({ distribution: "lognormal", mean: 300, cv: 0.5 }, 20_000);
    expect(lognormal.every((count) => Number.isInteger(count) && count >= 1)).toBe(true);
    const mean = lognormal.reduce((sum, count) => sum + count, 0) / lognormal.length;
    const variance = lognormal.reduce((sum, count) => sum + (count - mean) ** 2, 0) / lognormal.length;
    expect(Math.abs(mean - 300)).toBeLessThan((5 * 150) / Math.sqrt(20_000));
    expect(Math.sqrt(variance) / mean).toBeCloseTo(0.5, 1);
    const bounded = drawn({ distribution: "lognormal", mean: 300, cv: 2, min: 100, max: 400 }, 1000);
    expect([Math.min(...bounded), Math.max(...bounded)]).toEqual([100, 400]);
  });

  it("are the same for one seed, and others for another", () => {
    const counts: TokenCounts = { distribution: "lognormal", mean: 300 };
    expect(drawn(counts, 50, 3)).toEqual(drawn(counts, 50, 3));
    expect(drawn(counts, 50, 3)).not.toEqual(drawn(counts, 50, 4));
  });
});

describe("the time of a step", () => {
  it("is read off the tables, straight between their points and on behind the last", () => {
    const costs = {
      ...plainSteps,
      layers: { tokens: [1, 2, 4], seconds: [10, 10, 14] },
      decode_attention: {
        requests: [1, 3],
        context: [0, 10],
        seconds: [
          [0, 1],
          [0, 3],
        ],
      },
    };
    const time = new StepTime(costs, 0.5);
    const seconds = (requests: number, context: number) => {
      time.begin();
      time.decode(requests, requests * context);
      return time.seconds();
    };
    expect(seconds(1, 0)).toBe(0.5 + 10);
    expect(seconds(3, 0)).toBe(0.5 + 12);
    expect(seconds(5, 0)).toBe(0.5 + 16);
    expect(seconds(1, 5)).toBe(0.5 + 10 + 0.5);
    expect(seconds(2, 20)).toBe(0.5 + 10 + 4);
  });

  it("has the least of a prompt's attention once, however many prompts there are", () => {
    const costs = {
      ...plainSteps,
      prefill_attention: {
        tokens: [1, 11],
        context: [0, 1],
        seconds: [
          [2, 2],
          [12, 12],
        ],
      },
    };
    const time = new StepTime(costs, 0);
    time.begin();
    time.prompt(1, 0, 0);
    time.prompt(6, 0, 0);
    // Seven tokens are 15 ms; attention of 1 token is 2 s, of 6 tokens 5 s more.
    expect(time.seconds()).toBeCloseTo(0.015 + 2 + 5, 12);
  });
});

// Every kernel of the collection gives the same whoever's turn it is: blocks and warps in turn, greedily, and by chance.
import { describe, expect, it } from "vitest";
import { collection } from "./collection.js";
import type { TrialConfig } from "./kernel-case.js";
import { tried } from "./tried.js";

const orders: readonly TrialConfig[] = [
  { scheduler: "round-robin" },
  { scheduler: "greedy-then-oldest" },
  { scheduler: "random", seed: 1 },
  { scheduler: "random", seed: 20_000 },
];

describe.each(collection)("$name", (kernelCase) => {
  it.each(orders)("by the scheduler $scheduler, seed $seed", (order) => {
    expect(tried(kernelCase, { policy: "independent", ...order })).toEqual([]);
  });
});

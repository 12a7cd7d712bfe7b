// Every kernel of the collection under every reconvergence policy gives what another way of computing gives.
import { describe, expect, it } from "vitest";
import type { ReconvergencePolicy } from "../../src/gpu/simt/launch-image.js";
import { collection } from "./collection.js";
import { tried } from "./tried.js";

const policies: readonly ReconvergencePolicy[] = ["stack", "lowest-pc", "independent"];

describe.each(collection)("$name", (kernelCase) => {
  it.each(policies)("under the policy %s", (policy) => {
    const { livelocksUnder, blocksNeedEachOther } = kernelCase;
    const ends = livelocksUnder?.includes(policy) !== true && blocksNeedEachOther !== true;
    expect(tried(kernelCase, { policy })).toEqual(ends ? [] : ["livelock"]);
  });
});

it("has at least forty kernels of different names", () => {
  const names = new Set(collection.map(({ name }) => name));
  expect(names.size).toBe(collection.length);
  expect(names.size).toBeGreaterThanOrEqual(40);
});

// Every kernel of the collection under every reconvergence policy gives what another way of computing gives.
import { describe, expect, it } from "vitest";
import { LaunchFault } from "../../src/gpu/host/index.js";
import type { ReconvergencePolicy } from "../../src/gpu/simt/launch-image.js";
import { collection } from "./collection.js";
import { type Outcome, Trial } from "./kernel-case.js";

const policies: readonly ReconvergencePolicy[] = ["stack", "lowest-pc", "independent"];

describe.each(collection)("$name", (kernelCase) => {
  it.each(policies)("under the policy %s", (policy) => {
    const trial = new Trial(kernelCase, () => ({ policy, maxSteps: 20_000_000 }));
    if (kernelCase.livelocksUnder?.includes(policy)) {
      expect(faultOf(() => kernelCase.run(trial))).toBe("livelock");
      return;
    }
    const outcomes = kernelCase.run(trial);
    expect(outcomes.length).toBeGreaterThan(0);
    for (const outcome of outcomes) expect(differences(outcome)).toEqual([]);
  });
});

it("has at least forty kernels of different names", () => {
  const names = new Set(collection.map(({ name }) => name));
  expect(names.size).toBe(collection.length);
  expect(names.size).toBeGreaterThanOrEqual(40);
});

function faultOf(run: () => void): string | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof LaunchFault) return error.finding.kind;
    throw error;
  }
}

/** The first values that are not as they should be, in words. */
function differences({ what, got, expected, within }: Outcome): string[] {
  if (got.length !== expected.length) return [`${what}: ${got.length} values where ${expected.length} are expected`];
  const found: string[] = [];
  for (let i = 0; i < expected.length && found.length < 5; i++) {
    const [is, should] = [got[i], expected[i]];
    if (Object.is(is, should)) continue;
    const bound = typeof within === "function" ? within(Number(should), i) : within;
    if (bound !== undefined && Math.abs(Number(is) - Number(should)) <= bound) continue;
    found.push(`${what}[${i}] is ${is} where ${should} is expected${bound === undefined ? "" : ` within ${bound}`}`);
  }
  return found;
}

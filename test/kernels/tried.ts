// Runs a case and says what is not as it should be.
import { LaunchFault } from "../../src/gpu/host/index.js";
import { type KernelCase, type Outcome, Trial, type TrialConfig } from "./kernel-case.js";

/** The differences from what is expected, in words; of a launch that ends with a fault the kind of it. */
export function tried(kernelCase: KernelCase, config: TrialConfig): string[] {
  const trial = new Trial(kernelCase, () => ({ maxSteps: 20_000_000, ...config }));
  try {
    const outcomes = kernelCase.run(trial);
    return outcomes.length === 0 ? ["nothing was checked"] : outcomes.flatMap(differences);
  } catch (error) {
    if (error instanceof LaunchFault) return [error.finding.kind];
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

// Laws that hold for every run of a language model's service, held against this one: a run that breaks one is wrong. Knows nothing of
// events.
import { agree, clockRounding, conservationOfRequests, littlesLaw } from "../measure/index.js";
import type { RunCheck } from "../result/index.js";
import type { LlmSimulation } from "./simulation.js";

export function llmChecks(run: LlmSimulation): readonly RunCheck[] {
  const { tally, inside } = run;
  return [
    conservationOfRequests(tally, { inside: inside.count }),
    littlesLaw(tally, { integral: tally.inside.whole, count: tally.completed, who: "those served" }),
    answers(run),
    prompts(run),
    blocks(run),
    utilisationLaw(run),
  ];
}

function answers({ tally }: LlmSimulation): RunCheck {
  return {
    name: "conservation of answer tokens",
    holds: tally.output === tally.outputOfCompleted,
    expected: tally.outputOfCompleted,
    measured: tally.output,
    unit: "tokens",
    detail: "tokens that the steps gave, against those of the answers that are done",
  };
}

function prompts({ tally }: LlmSimulation): RunCheck {
  const expected = tally.promptOfCompleted + tally.recomputed;
  return {
    name: "conservation of prompt tokens",
    holds: tally.prefilled === expected,
    expected,
    measured: tally.prefilled,
    unit: "tokens",
    detail: `tokens that the steps prefilled, against those of the prompts, ${tally.recomputed} of them again after a preemption`,
  };
}

function blocks({ replicas }: LlmSimulation): RunCheck {
  const held = replicas.reduce((sum, { cache }) => sum + cache.used, 0);
  const allocated = replicas.reduce((sum, { cache }) => sum + cache.allocated, 0);
  const released = replicas.reduce((sum, { cache }) => sum + cache.released, 0);
  const within = replicas.every(({ cache }) => cache.peak <= cache.blocks);
  return {
    name: "conservation of KV blocks",
    holds: held === 0 && allocated === released && within,
    expected: allocated,
    measured: released,
    unit: "blocks",
    detail: `${allocated} were taken and ${released} given back; ${held} are held in the end, and no replica ever held more than it has`,
  };
}

/** The busy time of the replicas, as their steps have it, against tokens a second times what one took. */
function utilisationLaw({ replicaTallies, tally }: LlmSimulation): RunCheck {
  const steps = replicaTallies.reduce((sum, own) => sum + own.steps, 0);
  const seconds = replicaTallies.reduce((sum, own) => sum + own.stepSeconds, 0);
  const whole = tally.end * replicaTallies.length;
  const measured = whole === 0 ? 0 : (100 * replicaTallies.reduce((sum, own) => sum + own.working.whole, 0)) / whole;
  const expected = whole === 0 ? 0 : ((100 * steps) / whole) * (seconds / Math.max(1, steps));
  const clock = whole === 0 ? 0 : (100 * clockRounding(steps, tally.end)) / whole;
  return {
    name: "utilisation law of the replicas",
    holds: agree(measured, expected, clock) && (measured <= 100 || agree(measured, 100, clock)),
    expected,
    measured,
    unit: "%",
    detail: "busy share over the whole run, against steps a second times the mean step over the replicas",
  };
}

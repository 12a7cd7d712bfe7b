// Laws that hold for every run, held against this one: a run that breaks one is wrong. Knows nothing of events.
import { agree, clockRounding, conservationOfRequests, littlesLaw } from "../measure/index.js";
import type { RunCheck } from "../result/index.js";
import { resourceNames } from "../scenario/index.js";
import type { PipelineRun } from "./run.js";

export function runChecks(run: PipelineRun): readonly RunCheck[] {
  const { tally, slots, inside } = run;
  return [
    conservationOfRequests(tally, { inside: slots.used }),
    littlesLaw(tally, { integral: inside.integral, count: tally.arrived, who: "arrivals" }),
    ...utilisationLaw(run),
    ...order(run),
  ];
}

/** The busy share of a resource is what it served times what that took, over its servers. */
function utilisationLaw({ plan, tally, busy }: PipelineRun): readonly RunCheck[] {
  return resourceNames.flatMap((name, code): RunCheck[] => {
    if (tally.services[code] === 0 || tally.end === 0) return [];
    const rate = plan.rates[code];
    const seconds = rate > 0 ? tally.end : tally.end * plan.servers[code];
    const measured = (busy[code].integral / seconds) * 100;
    // Transfers that share a link last longer the more there are: what it did is its bytes.
    const work = rate > 0 ? tally.bytes[code] / rate : tally.serviceSum[code];
    const expected = (work / seconds) * 100;
    return [
      {
        name: `utilisation law of ${name}`,
        holds: agree(measured, expected, (clockRounding(tally.services[code], tally.end) / seconds) * 100),
        expected,
        measured,
        unit: "%",
        detail:
          rate > 0
            ? "share of the whole run in which it transferred, against bytes a second over its bandwidth"
            : "busy share over the whole run, against services a second times the mean service over its servers",
      },
    ];
  });
}

function order({ tally }: PipelineRun): readonly RunCheck[] {
  const begun = tally.begun.reduce((sum, count) => sum + count, 0);
  const broken = tally.outOfOrder.reduce((sum, count) => sum + count, 0);
  return [
    {
      name: "first come, first served",
      holds: broken === 0,
      expected: 0,
      measured: broken,
      unit: "services",
      detail: `${broken} of ${begun} services began before one that had waited longer for the same resource`,
    },
  ];
}

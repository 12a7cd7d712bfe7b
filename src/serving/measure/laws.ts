// Laws that hold for the requests of every run, whatever serves them, held against one: a run that breaks one is wrong. Knows nothing of
// events.
import type { RunCheck } from "../result/index.js";
import { agree, clockRounding } from "./agreement.js";
import type { RequestTally } from "./request-tally.js";

/** `inside`: requests that have not left. */
export function conservationOfRequests(
  { arrived, completed, rejected }: RequestTally,
  { inside }: { readonly inside: number },
): RunCheck {
  const accounted = completed + rejected + inside;
  return {
    name: "conservation of requests",
    holds: accounted === arrived,
    expected: arrived,
    measured: accounted,
    unit: "requests",
    detail: `${arrived} arrived; ${completed} were served, ${rejected} turned away, ${inside} are still inside`,
  };
}

/**
 * L = lambda W (Little, "A proof for the queuing formula L = lambda W", 1961), exact over a run that begins and ends empty. `integral` is
 * of the requests inside, in request-seconds; `count` of `who` were inside.
 */
export function littlesLaw(
  { end, timeInside }: RequestTally,
  { integral, count, who }: { readonly integral: number; readonly count: number; readonly who: string },
): RunCheck {
  const measured = end === 0 ? 0 : integral / end;
  const expected = end === 0 ? 0 : (count / end) * (timeInside / Math.max(1, count));
  return {
    name: "Little's law",
    holds: agree(measured, expected, end === 0 ? 0 : clockRounding(count, end) / end),
    expected,
    measured,
    unit: "requests",
    detail: `requests inside on average over the whole run, against ${who} a second times their mean time inside`,
  };
}

// What limits a language model's service, whether more is offered than it can serve, and how one can tell. Knows nothing of events.
import { fourDigits } from "../../core/statistics.js";
import type { StepCosts } from "../cost/index.js";
import type { Overload } from "../measure/index.js";
import type { Bottleneck } from "../result/index.js";
import type { Capacity } from "./capacity.js";
import type { LlmSimulation } from "./simulation.js";
import type { Survey } from "./survey.js";

/** Of its estimated capacity, what a service has to be offered for its replicas to be what limits it. */
const fullLoad = 0.7;

/** More is offered than that where the estimate of the capacity is passed by this factor, which is beyond what it may be off. */
const farBeyond = 1.5;

/** The least of what replicas and link could serve, requests a second. */
export function leastCapacity({ first, decoders, link }: Capacity): number {
  return Math.min(first, decoders ?? Number.POSITIVE_INFINITY, link ?? Number.POSITIVE_INFINITY);
}

/**
 * Overloaded is a service whose queue grows through the measured time: from its first to its second and from its second to its third
 * third by a twentieth of what arrives in one, which chance alone does not do. The estimate of the capacity stands beside it. Where
 * nothing can grow, since what finds a full line is turned away, or what is slow comes behind the line, it is overloaded when far more is
 * offered than the estimate, and much of it is not finished.
 */
export function llmOverload({ tally }: LlmSimulation, capacity: Capacity, { prompt, output }: Survey): Overload {
  const seconds = tally.measuredSeconds;
  const third = seconds / 3;
  const [first, middle, last] = tally.waitingThirds.map((level) => level.within / third);
  const grows = Math.max(4, (0.05 * tally.measuredArrivals) / 3);
  if (!(middle - first > grows && last - middle > grows)) {
    const could = leastCapacity(capacity);
    const requests = tally.measuredArrivals / seconds;
    const overloaded = requests > farBeyond * could && tally.completedWithin < 0.9 * tally.measuredArrivals;
    const finished = fourDigits(tally.completedWithin / seconds);
    const known = `${fourDigits(requests)} requests a second are offered, by the step times about ${fourDigits(could)} could be served, and ${finished} were`;
    return { overloaded, evidence: overloaded ? known : "" };
  }
  const overloaded = true;
  const offered = tally.measuredTokensOffered / seconds;
  const served = (tally.completedWithin / seconds) * (prompt + output);
  return {
    overloaded,
    evidence:
      `${fourDigits(first)}, ${fourDigits(middle)} and ${fourDigits(last)} requests wait on average in the three thirds of the measured time: ` +
      `${fourDigits(offered)} tokens a second are offered (${fourDigits(tally.measuredArrivals / seconds)} requests) and ${fourDigits(served)} ` +
      `served (${fourDigits(tally.completedWithin / seconds)}; by the step times about ${fourDigits(leastCapacity(capacity))} could be)`,
  };
}

export function llmBottleneck(
  run: LlmSimulation,
  capacity: Capacity,
  overload: Overload,
  costs: StepCosts,
): Bottleneck {
  const { tally, replicas, replicaTallies } = run;
  const seconds = tally.measuredSeconds;
  const shares = replicaTallies.map((own) => own.busy / seconds);
  const busiest = shares.indexOf(Math.max(...shares));
  const moving = tally.moving.within / seconds;
  const least = leastCapacity(capacity);
  const lost = tally.measuredRejected / Math.max(1, tally.measuredArrivals);
  const front =
    (overload.evidence === "" ? "" : `${overload.evidence}; `) +
    (lost === 0 ? "" : `${percent(lost)} of the requests are turned away; `);
  if (run.link !== undefined && (moving > shares[busiest] || (overload.overloaded && capacity.link === least))) {
    return {
      resource: "link",
      kind: moving < 0.5 && !overload.overloaded ? "none" : "transfer",
      evidence: `${front}keys and values are on the link ${percent(moving)} of the time`,
    };
  }
  // Of an overloaded service the part that could serve least, else the busiest replica.
  const slow = capacity.decoders !== undefined && capacity.decoders < capacity.first ? "decode" : "prefill";
  const named = replicas.findIndex(({ role }) => role === slow);
  const index = overload.overloaded && capacity.decoders !== undefined ? named : busiest;
  const replica = replicas[index];
  const own = replicaTallies[index];
  const words = [`${replica.name} is busy ${percent(shares[index])} of the time`, ...inSteps(own, costs)];
  const blocked = own.busy === 0 ? 0 : own.blocked / own.busy;
  const preemptions = replicas.reduce((sum, one) => sum + one.preemptions, 0);
  const kv = own.kv.within / seconds / replica.cache.blocks;
  if (blocked > 0.2) {
    const went =
      preemptions === 0 ? "" : `; requests were preempted ${preemptions === 1 ? "once" : `${preemptions} times`}`;
    words.unshift(
      `in ${percent(blocked)} of the steps' time a request waits for room in the KV cache, which is ${percent(kv)} full on average${went}`,
    );
    return { resource: replica.name, kind: "kv-cache", evidence: `${front}${words.join("; ")}` };
  }
  const evidence = `${front}${words.join("; ")}`;
  if (!overload.overloaded && tally.waitedSum > 0.5 * tally.latency.sum) {
    const waits = `requests wait ${percent(tally.waitedSum / tally.latency.sum)} of their time`;
    return { resource: replica.name, kind: "queue", evidence: `${waits}; ${evidence}` };
  }
  const offered = tally.measuredArrivals / seconds;
  if (overload.overloaded) return { resource: replica.name, kind: "gpu", evidence };
  const known = `${fourDigits(offered)} requests a second are offered and by the step times about ${fourDigits(least)} could be served; ${evidence}`;
  // Steps follow each other while a single request is there: that a replica is busy does not say that it is full.
  if (offered < fullLoad * least) {
    const why = own.busy === 0 ? "" : "; a replica is busy while it has a single request, and has room for more";
    return { resource: replica.name, kind: "none", evidence: `nothing limits: ${known}${why}` };
  }
  return { resource: replica.name, kind: "gpu", evidence: known };
}

/** What the steps of a replica do, and what binds them where the costs say it. */
function inSteps(own: LlmSimulation["replicaTallies"][number], costs: StepCosts): readonly string[] {
  if (own.busy === 0) return [];
  const words: string[] = [];
  const prefilling = own.busyPrefilling / own.busy;
  if (prefilling > 0) {
    const tokens = own.prefilled / own.prefillSteps;
    words.push(
      `${percent(prefilling)} of that in steps that prefill, ${fourDigits(tokens)} tokens each${boundAt(costs, tokens)}`,
    );
  }
  if (own.decodeSteps > 0) {
    const decoding = own.decoded / own.decodeSteps;
    words.push(`a step decodes ${fourDigits(decoding)} requests on average${boundAt(costs, decoding)}`);
  }
  return words;
}

function boundAt({ layers }: StepCosts, tokens: number): string {
  if (layers.bound === undefined) return "";
  const behind = layers.tokens.findIndex((at) => at >= tokens);
  const bound = layers.bound[behind < 0 ? layers.tokens.length - 1 : behind];
  return `, where the layers are ${bound}-bound`;
}

function percent(share: number): string {
  return `${Math.round(1000 * share) / 10} %`;
}

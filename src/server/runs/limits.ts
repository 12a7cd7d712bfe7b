// What a server takes on: how large one run may be, how many may wait. Knows nothing of how runs are computed.
import { InputError } from "../../core/errors.js";
import { expectedArrivals, type Scenario, type TokenCounts } from "../../serving/index.js";
import { tokenCountsOf } from "../../serving/scenario/settings.js";

export interface RunLimits {
  /** Requests that arrive in one run. */
  readonly requests: number;
  /** Runs that wait for a worker. */
  readonly waiting: number;
  /** Seconds that one run may be computed for. */
  readonly seconds: number;
}

export const defaultLimits: RunLimits = { requests: 100_000, waiting: 1000, seconds: 120 };

/** Bytes of all the scenarios that wait: many may wait, many that are large may not. */
export const waitingBytes: number = 256 * 2 ** 20;

/** Stages that a request passes, on average over the requests of the largest run: its breakdown has a line for each. */
const stagesAtMost = 8;

/** Tokens of prompts and answers that a request of a language model has, on average over the requests of the largest run. */
const tokensAtMost = 1000;

/** Throws InputError for a scenario with more requests than a server takes; a file has no such limit. */
export function checkSize({ workload, pipeline, serving }: Scenario, limit: number, where: string): void {
  const requests = expectedArrivals(workload);
  const stages = pipeline?.length ?? 0;
  const mean = (field: "input_tokens" | "output_tokens"): number => meanTokens(tokenCountsOf(workload, field));
  const tokens = serving === undefined ? 0 : mean("input_tokens") + mean("output_tokens");
  const most = Math.floor(limit / Math.max(1, stages / stagesAtMost, tokens / tokensAtMost));
  if (requests <= most) return;
  const how = workload.recorded_ms === undefined ? ` (${workload.rps} a second for ${workload.duration_s} s)` : "";
  const each =
    most === limit ? "" : stages > stagesAtMost ? ` with ${stages} stages each` : ` with ${count(tokens)} tokens each`;
  throw new InputError(
    `${count(requests)} requests${how} are more than this server takes in a run${each}: ${count(most)}`,
    {
      where: `${where}: workload`,
      fix: "Shorten the run, start the server with --max-requests, or use `warplab simulate`, which has no such limit.",
    },
  );
}

const count = (value: number): string => Math.ceil(value).toLocaleString("en-US");

function meanTokens({ distribution, mean = 1, min = 1, max = min, values = [] }: TokenCounts): number {
  if (distribution === "uniform") return (min + max) / 2;
  if (distribution === "recorded") return values.reduce((sum, value) => sum + value / values.length, 0);
  return mean;
}

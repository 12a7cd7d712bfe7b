// What a scenario asks of a language model's service, before it runs: how many requests, how long they are, and whether each could ever
// be served. Knows nothing of time but when requests arrive.
import { InputError } from "../../core/errors.js";
import { arrivalTimes } from "../arrivals/index.js";
import type { Scenario } from "../scenario/index.js";
import type { LlmSettings } from "./settings.js";
import { TokenStream } from "./token-counts.js";

export interface Survey {
  readonly requests: number;
  /** Means. */
  readonly prompt: number;
  readonly output: number;
  /** Tokens in the cache of a running request, over the steps in which it decodes. */
  readonly context: number;
  /** Decode steps of a request: one less than its answer's tokens. */
  readonly decodes: number;
}

/** Tokens of answers that a run takes at most: some minutes. */
const mostTokens = 2e10;
/** Of a run whose steps are kept: some sixty bytes each, and in the worst case a step for each token. */
const mostLoggedTokens = 1e7;

/**
 * Throws InputError for the first request that no replica could ever serve, with what it needs and what there is; and where all answers
 * together are too long for a run.
 */
export function survey(scenario: Scenario, settings: LlmSettings, seed: number, keep: "log" | "figures"): Survey {
  const most = keep === "log" ? mostLoggedTokens : mostTokens;
  const input = TokenStream.of(scenario, "input", seed);
  const output = TokenStream.of(scenario, "output", seed);
  const arrivals = arrivalTimes(scenario.workload, seed);
  let [requests, prompts, outputs, decodes, context] = [0, 0, 0, 0, 0];
  for (let at = arrivals.next(); at < Number.POSITIVE_INFINITY; at = arrivals.next()) {
    const [prompt, answer] = [input.next(), output.next()];
    checkFits(requests++, prompt, answer, settings);
    prompts += prompt;
    outputs += answer;
    if (outputs > most) {
      throw new InputError(
        `the answers of the first ${requests} requests have more than ${most} tokens, too many ${keep === "log" ? "to keep" : "for a run"}`,
        {
          where: keep === "log" ? "keep" : "workload.output_tokens",
          fix: `${keep === "log" ? 'Set keep: "figures", or lower' : "Lower"} rps, duration_s or output_tokens.`,
        },
      );
    }
    decodes += answer - 1;
    context += (answer - 1) * (prompt + answer / 2);
  }
  return {
    requests,
    prompt: prompts / requests,
    output: outputs / requests,
    decodes: decodes / requests,
    context: decodes === 0 ? prompts / requests : context / decodes,
  };
}

function checkFits(id: number, prompt: number, output: number, settings: LlmSettings): void {
  // The last token of the answer is read by nobody, and needs no keys.
  const tokens = prompt + output - 1;
  const blocks = Math.ceil(tokens / settings.blockTokens);
  const what = `request ${id} (a prompt of ${prompt} tokens, an answer of ${output})`;
  if (blocks > settings.blocks) {
    throw new InputError(
      `${what} needs ${blocks} blocks of the KV cache and a replica has ${settings.blocks} ` +
        `(${gigabytes(blocks * settings.blockBytes)} and ${gigabytes(settings.blocks * settings.blockBytes)})`,
      {
        where: "serving.kv_cache_gb",
        fix: "It could never be served: bound input_tokens and output_tokens by max, or give a replica more memory (kv_cache_gb, tensor_parallel, kv_precision).",
      },
    );
  }
  if (settings.chunk === undefined && tokens > settings.maxTokens) {
    throw new InputError(
      `${what} may have to prefill ${tokens} tokens at once and a step takes ${settings.maxTokens}`,
      {
        where: "serving.max_batched_tokens",
        fix: "It could never be served: raise max_batched_tokens, cut prompts with prefill_chunk_tokens, or bound the tokens by max.",
      },
    );
  }
}

function gigabytes(bytes: number): string {
  return `${Number((bytes / 1e9).toPrecision(3))} GB`;
}

// What the replicas could serve at most, from mean requests and the tables of step times alone. Knows nothing of a run.
import type { LlmSettings } from "./settings.js";
import type { StepTime } from "./step-time.js";
import type { Survey } from "./survey.js";

/** Requests a second. */
export interface Capacity {
  /** Of all replicas that take requests; where prefill and decode are apart, of those that prefill. */
  readonly first: number;
  /** Where they are apart: of those that decode, and of the link. */
  readonly decoders: number | undefined;
  readonly link: number | undefined;
  /** Requests that a replica can decode at a time, by the batch and by the cache. */
  readonly concurrent: number;
  readonly limit: "max_batch_size" | "KV cache";
}

/**
 * A replica that always has enough to do, all requests alike: n of them decode at a time, as many as the batch or the cache takes, the
 * rest of its time goes to prompts. An estimate: real requests differ, and the cache is never quite full.
 */
export function capacityOf(settings: LlmSettings, { prompt, context, decodes }: Survey, time: StepTime): Capacity {
  const { blocks, blockTokens, maxBatch, maxTokens, chunk, first, decoders } = settings;
  const fits = Math.max(1, Math.floor(blocks / Math.ceil(context / blockTokens)));
  const concurrent = Math.min(maxBatch, fits);
  const limit = fits < maxBatch ? "KV cache" : "max_batch_size";
  const step = (decoding: number, promptTokens: number): number => {
    time.begin();
    if (decoding > 0) time.decode(decoding, decoding * context);
    // The prompts of a step as whole ones and a part of one, each with half of itself before it where it is cut.
    const whole = Math.floor(promptTokens / prompt);
    for (let i = 0; i < whole; i++) time.prompt(prompt, 0, 1);
    const rest = promptTokens - whole * prompt;
    if (rest > 0) time.prompt(rest, whole === 0 ? (prompt - rest) / 2 : 0, 0);
    return time.seconds();
  };
  // Prompts in steps of their own fill them when there is much to do.
  const prefillTokens = chunk ?? Math.max(prompt, prompt * Math.floor(maxTokens / prompt));
  const prefillAlone = (prompt / prefillTokens) * step(0, prefillTokens);
  if (decoders !== undefined) {
    return {
      first: first.count / prefillAlone,
      decoders:
        decodes === 0 ? Number.POSITIVE_INFINITY : (decoders.count * concurrent) / (decodes * step(concurrent, 0)),
      link: decodes === 0 ? Number.POSITIVE_INFINITY : decoders.link / (prompt * settings.kvBytesPerToken),
      concurrent,
      limit,
    };
  }
  return { first: first.count / secondsOfRequest(), decoders: undefined, link: undefined, concurrent, limit };

  /** Of a replica, with all that share it. */
  function secondsOfRequest(): number {
    if (decodes === 0) return prefillAlone;
    if (chunk === undefined) {
      // While requests leave one by one, a step that prefills takes as many prompts as have room: those that left meanwhile.
      return wholePrompts(concurrent);
    }
    // So many prompt tokens come with a step in which `concurrent` decode, when as many requests come as go.
    const beside = (concurrent * prompt) / decodes;
    const most = Math.min(chunk, maxTokens - concurrent);
    if (beside <= most) return (decodes * step(concurrent, beside)) / concurrent;
    // Prompts are slower than decoding: fewer decode at a time than could.
    return (prompt / most) * step((most * decodes) / prompt, most);
  }

  function wholePrompts(decoding: number): number {
    return (decodes * step(decoding, 0)) / decoding + step(0, prompt);
  }
}

// How many tokens a prompt and an answer have: the k-th request's, whatever else differs between two scenarios of one seed. Knows
// nothing of what is done with them.
import { type RandomStream, randomStream } from "../arrivals/index.js";
import type { Scenario, TokenCounts } from "../scenario/index.js";
import { tokenCountsOf } from "../scenario/settings.js";

/** Counts one after another, each a whole number of at least 1. */
export class TokenStream {
  private taken = 0;

  private constructor(
    private readonly counts: TokenCounts,
    private readonly random: RandomStream,
  ) {}

  static of({ workload }: Scenario, part: "input" | "output", seed: number): TokenStream {
    return new TokenStream(tokenCountsOf(workload, `${part}_tokens`), randomStream(seed, `${part} tokens`));
  }

  next(): number {
    const { distribution, mean = 1, cv = 1, min = 1, max = Number.POSITIVE_INFINITY, values = [] } = this.counts;
    switch (distribution) {
      case "constant":
        return mean;
      case "uniform":
        return this.random.integer(min, max);
      case "lognormal":
        // What falls outside is put on the bound, so that the mean stays near what was asked for.
        return Math.min(max, Math.max(min, Math.round(this.random.lognormal(mean, cv))));
      case "recorded":
        return values[this.taken++ % values.length];
    }
  }
}

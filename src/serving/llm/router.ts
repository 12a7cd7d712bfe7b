// Which replica a request goes to. Knows of replicas only how much they have to do.
import { type RandomStream, randomStream } from "../arrivals/index.js";
import type { RouterKind } from "../scenario/index.js";

/** What a router sees of a replica. */
export interface Load {
  /** Requests that were sent to it and have not left. */
  readonly requests: number;
  /** Tokens of their prompts, and of their answers so far. */
  readonly tokens: number;
}

/**
 * Of equals the first in order takes the request. `power-of-two` draws two different replicas and takes the one with fewer requests
 * (M. Mitzenmacher, "The power of two choices in randomized load balancing", 1996), the one drawn first where they are equal.
 */
export class Router {
  private turn = 0;
  private readonly random: RandomStream;

  /** `purpose` tells routers of one run apart. */
  constructor(
    private readonly kind: RouterKind,
    private readonly replicas: readonly Load[],
    seed: number,
    purpose: string,
  ) {
    this.random = randomStream(seed, purpose);
  }

  /** The index of the replica for the next request. */
  choose(): number {
    const { replicas } = this;
    if (replicas.length === 1) return 0;
    switch (this.kind) {
      case "round-robin":
        return this.turn++ % replicas.length;
      case "random":
        return this.random.below(replicas.length);
      case "least-requests":
        return least(replicas, "requests");
      case "least-tokens":
        return least(replicas, "tokens");
      case "power-of-two": {
        const first = this.random.below(replicas.length);
        const other = this.random.below(replicas.length - 1);
        const second = other >= first ? other + 1 : other;
        return replicas[second].requests < replicas[first].requests ? second : first;
      }
    }
  }
}

function least(replicas: readonly Load[], what: keyof Load): number {
  let best = 0;
  for (let i = 1; i < replicas.length; i++) if (replicas[i][what] < replicas[best][what]) best = i;
  return best;
}

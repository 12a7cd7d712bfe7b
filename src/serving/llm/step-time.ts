// How long a step takes, read off the tables of its costs. Knows nothing of who is in the step.
import type { StepCosts } from "../cost/index.js";

/** What a step does, as far as its time goes; `begin` empties it. Requests are added one after another, without an object for each. */
export class StepTime {
  private readonly layers: Curve;
  private readonly head: Curve;
  private readonly decodeAttention: Grid;
  private readonly prefillAttention: Grid;
  /** The least time of a prompt's attention: there once however many prompts there are. */
  private readonly prefillLeast: number;
  private tokens = 0;
  private heads = 0;
  private decoding = 0;
  private context = 0;
  private prefill = 0;

  /** `overhead`: seconds that every step takes besides. */
  constructor(
    costs: StepCosts,
    private readonly overhead: number,
  ) {
    this.layers = new Curve(costs.layers.tokens, costs.layers.seconds);
    this.head = new Curve(costs.head.requests, costs.head.seconds);
    const { decode_attention: decode, prefill_attention: prefill } = costs;
    this.decodeAttention = new Grid(decode.requests, decode.context, decode.seconds);
    this.prefillAttention = new Grid(prefill.tokens, prefill.context, prefill.seconds);
    this.prefillLeast = Math.min(...prefill.seconds.flat());
  }

  begin(): void {
    this.tokens = 0;
    this.heads = 0;
    this.decoding = 0;
    this.context = 0;
    this.prefill = 0;
  }

  /** So many requests decode a token each, with `context` tokens all together, the new ones included. */
  decode(requests: number, context: number): void {
    this.tokens += requests;
    this.heads += requests;
    this.decoding += requests;
    this.context += context;
  }

  /** So many tokens of a prompt behind `context` of them; `ends`: 1 where they are its last, so that an answer's token follows, else 0. */
  prompt(tokens: number, context: number, ends: 0 | 1): void {
    this.tokens += tokens;
    this.heads += ends;
    this.prefill += this.prefillAttention.at(tokens, context) - this.prefillLeast;
  }

  /** Seconds of the step; decoding requests are taken for as many with their mean context. */
  seconds(): number {
    const { tokens, heads, decoding, context, prefill } = this;
    let seconds = this.overhead + this.layers.at(tokens);
    if (heads > 0) seconds += this.head.at(heads);
    if (decoding > 0) seconds += this.decodeAttention.at(decoding, context / decoding);
    if (tokens > decoding) seconds += this.prefillLeast + prefill;
    return seconds;
  }
}

/** A function of one number by its values at some: straight between them, behind the last as between the last two, before the first as there. */
class Curve {
  constructor(
    private readonly points: readonly number[],
    private readonly values: readonly number[],
  ) {}

  at(x: number): number {
    const { points, values } = this;
    const i = segment(points, x);
    return values[i] + share(points, i, x) * (points.length === 1 ? 0 : values[i + 1] - values[i]);
  }
}

/** The same of two numbers, bilinear between its points. */
class Grid {
  constructor(
    private readonly rows: readonly number[],
    private readonly columns: readonly number[],
    private readonly values: readonly (readonly number[])[],
  ) {}

  at(x: number, y: number): number {
    const { rows, columns, values } = this;
    const i = segment(rows, x);
    const j = segment(columns, y);
    const across = share(columns, j, y);
    const below = values[i];
    const low = columns.length === 1 ? below[0] : below[j] + across * (below[j + 1] - below[j]);
    if (rows.length === 1) return low;
    const above = values[i + 1];
    const high = columns.length === 1 ? above[0] : above[j] + across * (above[j + 1] - above[j]);
    return low + share(rows, i, x) * (high - low);
  }
}

/** The segment that x is in: the last but one point that is not behind it. */
function segment(points: readonly number[], x: number): number {
  let low = 0;
  let high = points.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (points[middle] <= x) low = middle;
    else high = middle - 1;
  }
  return low;
}

function share(points: readonly number[], i: number, x: number): number {
  if (points.length === 1 || x <= points[0]) return 0;
  return (x - points[i]) / (points[i + 1] - points[i]);
}

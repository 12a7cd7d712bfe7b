// The work of scaled dot-product attention: prefill, decode against a cache, grouped heads, sliding windows; in one kernel or
// with its scores in memory. Knows no device.
import { InputError } from "../../core/errors.js";
import { bytesOf } from "./formats.js";
import type { AttentionWork } from "./kernel-work.js";
import { extent, flag, type Operator } from "./operator.js";
import { softmaxKernel } from "./softmax.js";

/**
 * O = softmax(Q K^T / sqrt(head_dim)) V for every head of every sequence. Query i is at position kv_len - q_len + i of its
 * sequence: a causal mask hides what comes after it, a window of w all but the last w positions up to its own. K and V are the
 * weights of `Formats`, so that a cache may be narrower than the arithmetic.
 *
 * 4 head_dim operations for every score that the mask leaves, those of the softmax not counted (as T. Dao, "FlashAttention-2",
 * 2023, counts); Q, O and the keys and values that any query sees cross the memory interface once. With `flash` 0 the whole
 * matrix of scores is computed, and crosses it four times: written, read by the softmax, written, read by the second product.
 */
export const attention: Operator = {
  type: "attention",
  description: "scaled dot-product attention, O = softmax(Q K^T) V by head",
  dimensions: [
    extent("batch", "sequences", 1),
    extent("heads", "heads of Q", 32),
    {
      ...extent("kv_heads", "heads of K and V, each shared by heads / kv_heads heads of Q", 8),
      otherwise: ({ heads }) => heads,
    },
    extent("head_dim", "elements of one head", 128),
    extent("q_len", "queries of a sequence: its length in prefill, 1 in decode", 2048),
    {
      ...extent("kv_len", "keys of a sequence, those of the queries included", 2048),
      otherwise: ({ q_len }) => q_len,
    },
    flag("causal", "a query does not see what comes after it", 0),
    { name: "window", meaning: "positions that a query sees, 0 for all", kind: "count", example: 0, otherwise: 0 },
    flag("flash", "1: one kernel that keeps the scores on chip; 0: scores in memory, three kernels", 1),
  ],
  check([, heads, kvHeads, , queries, keys, causal, window], field) {
    const refuse = (what: string, fix: string): never => {
      throw new InputError(what, { where: field, fix });
    };
    if (heads % kvHeads !== 0) {
      refuse(`${heads} heads cannot share ${kvHeads} kv_heads evenly`, "Let heads be a multiple of kv_heads.");
    }
    if (causal === 1 && queries > keys) {
      refuse(
        `${queries} queries have only ${keys} keys under a causal mask`,
        "Count the keys of the queries in kv_len: it is at least q_len.",
      );
    }
    if (window > 0 && causal === 0 && queries > 1) {
      refuse(
        "a window looks back, and so needs a causal mask",
        "Set causal to 1, or window to 0 for attention to all keys.",
      );
    }
  },
  work(shape, formats) {
    const kernel = workOf(shape, formats);
    const { batch, heads, kvHeads, headDim, queries, keys } = kernel;
    const { input, weight, output, math } = formats;
    const flash = shape[8] === 1;
    const scores = batch * heads * (flash ? visibleScores(kernel) : queries * keys);
    const rows = bytesOf(batch * heads * queries * headDim, input) + bytesOf(batch * heads * queries * headDim, output);
    const cache = bytesOf(2 * batch * kvHeads * (flash ? visibleKeys(kernel) : keys) * headDim, weight);
    const stored = flash ? 0 : 4 * bytesOf(scores, input);
    return { flop: { [math]: 4 * scores * headDim }, units: "matrix", bytes: { dram: rows + cache + stored } };
  },
  kernels(shape, formats) {
    const kernel = workOf(shape, formats);
    if (shape[8] === 1) return [kernel];
    const { batch, heads, kvHeads, headDim, queries, keys } = kernel;
    const scores = batch * heads * queries * keys;
    const { input } = formats;
    // The heads that share K and V are the rows of one product.
    const products = { kind: "matmul", batch: batch * kvHeads, m: (heads / kvHeads) * queries } as const;
    return [
      { ...products, n: keys, k: headDim, formats: { ...formats, output: input } },
      softmaxKernel(batch * heads * queries, keys, { ...formats, output: input }, bytesOf(scores, input)),
      { ...products, n: headDim, k: keys, formats },
    ];
  },
};

/** Scores of one head of one sequence that the mask leaves. */
export function visibleScores({ queries, keys, causal, window }: AttentionWork): number {
  const reach = window === 0 ? keys : Math.min(window, keys);
  if (!causal) return queries * reach;
  // The query at position p sees min(p + 1, reach) keys: a ramp up to `reach`, then a plateau.
  const first = keys - queries;
  const ramp = Math.max(0, Math.min(queries, reach - first));
  return ramp * first + (ramp * (ramp + 1)) / 2 + (queries - ramp) * reach;
}

/** Keys of one sequence that at least one of its queries sees. */
export function visibleKeys({ queries, keys, window }: AttentionWork): number {
  return window === 0 ? keys : Math.min(keys, window + queries - 1);
}

function workOf(
  [batch, heads, kvHeads, headDim, queries, keys, causal, window]: readonly number[],
  formats: AttentionWork["formats"],
): AttentionWork {
  const masked = { causal: causal === 1, window };
  return { kind: "attention", batch, heads, kvHeads, headDim, queries, keys, ...masked, valuesInKeys: false, formats };
}

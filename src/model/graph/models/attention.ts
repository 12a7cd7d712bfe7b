// Attention as frameworks compute it operator by operator: scores and their softmax go through memory. Knows no model.
import type { GraphBuilder } from "../builder.js";
import type { Tensor } from "../graph.js";
import { batchedProduct, copy, elementwise, type ModelFormats, softmax } from "../layers.js";

export interface AttentionOptions {
  readonly heads: number;
  /** Heads of keys and values, each shared by heads / keyHeads; as many unless given. */
  readonly keyHeads?: number;
  /** Tokens whose keys and values are there already. */
  readonly cached?: number;
  /** What is done to the scores before the softmax, in passes over them: scaling them, masking, bounding. */
  readonly scoreSteps: readonly ScoreStep[];
}

export interface ScoreStep {
  readonly type: string;
  /** What is read beside the scores. */
  readonly mask?: Tensor;
}

/**
 * softmax(Q K^T) V for each head, from [batch, sequence, heads * size] to the same. Heads lie beside each other in what the
 * projections make, so that each operand is brought into an order by heads first, and the result back.
 */
export function unfusedAttention(
  builder: GraphBuilder,
  query: Tensor,
  key: Tensor,
  value: Tensor,
  { heads, keyHeads = heads, cached = 0, scoreSteps }: AttentionOptions,
  formats: ModelFormats,
): Tensor {
  const [batch, sequence, width] = query.shape;
  const size = width / heads;
  const context = cached + sequence;
  // With fewer heads of keys than of queries, each is written as often as queries share it.
  const byHead = (name: string, x: Tensor): Tensor =>
    copy(builder, name, [x], [batch, heads, x.shape[1], size], formats);
  const withCache = (name: string, x: Tensor): Tensor => {
    if (cached === 0) return x;
    const before = builder.input(`${name}_cache`, [batch, cached, keyHeads * size], formats.activation);
    return copy(builder, `${name}_joined`, [before, x], [batch, context, keyHeads * size], formats);
  };
  const q = byHead("query_heads", query);
  const k = byHead("key_heads", withCache("key", key));
  const v = byHead("value_heads", withCache("value", value));
  let scores = batchedProduct(builder, "scores", q, { ...k, shape: [batch, heads, size, context] }, formats);
  for (const { type, mask } of scoreSteps) {
    const inputs = mask === undefined ? [scores] : [scores, mask];
    scores = elementwise(builder, { name: type, type }, inputs, formats);
  }
  const weights = softmax(builder, "softmax", scores, formats);
  const mixed = batchedProduct(builder, "context", weights, v, formats);
  return copy(builder, "context_tokens", [mixed], [batch, sequence, width], formats);
}

// Llama: a decoder of tokens with RMS norms, rotary positions, gated feed-forward layers and grouped heads. Built from its published
// shapes; knows no device.
// H. Touvron et al., "Llama 2: Open Foundation and Fine-Tuned Chat Models", 2023; Llama team, "The Llama 3 Herd of Models", 2024,
// table 3.

import { operationsPerElement } from "../../operator/index.js";
import { GraphBuilder } from "../builder.js";
import type { Graph } from "../graph.js";
import { elementwise, embedding, linear, rmsNorm } from "../layers.js";
import { unfusedAttention } from "./attention.js";
import type { ModelSizes } from "./options.js";

export interface LlamaShape {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly keyHeads: number;
  readonly inner: number;
  readonly vocabulary: number;
}

/** The family's shapes, by name. */
export const llamaShapes: Readonly<Record<string, LlamaShape>> = {
  "llama-2-7b": { layers: 32, hidden: 4096, heads: 32, keyHeads: 32, inner: 11008, vocabulary: 32000 },
  "llama-2-13b": { layers: 40, hidden: 5120, heads: 40, keyHeads: 40, inner: 13824, vocabulary: 32000 },
  "llama-2-70b": { layers: 80, hidden: 8192, heads: 64, keyHeads: 8, inner: 28672, vocabulary: 32000 },
  "llama-3-8b": { layers: 32, hidden: 4096, heads: 32, keyHeads: 8, inner: 14336, vocabulary: 128256 },
  "llama-3-70b": { layers: 80, hidden: 8192, heads: 64, keyHeads: 8, inner: 28672, vocabulary: 128256 },
};

/** The decoder with the head that answers for every new token; the head has weights of its own. */
export function llama(
  name: string,
  { layers, hidden, heads, keyHeads, inner, vocabulary }: LlamaShape,
  { batch, sequence, cached, formats }: ModelSizes,
): Graph {
  const builder = new GraphBuilder(name);
  const tokens = builder.input("tokens", [batch, sequence], "INT64");
  const mask = builder.input("mask", [1, 1, sequence, cached + sequence], formats.activation);
  const size = hidden / heads;
  const angles = builder.input("angles", [sequence, size], formats.activation);
  const plain = (part: string, features: number) => ({ name: part, features, bias: "without" as const });

  builder.enter("embedding");
  let x = embedding(
    builder,
    "words",
    tokens,
    builder.weight("words.weight", [vocabulary, hidden], formats.weight),
    formats,
  );

  for (let layer = 0; layer < layers; layer++) {
    builder.enter("attention", layer);
    const before = rmsNorm(builder, "norm", x, formats);
    const query = linear(builder, before, plain("query", hidden), formats);
    const key = linear(builder, before, plain("key", keyHeads * size), formats);
    const value = linear(builder, before, plain("value", keyHeads * size), formats);
    const rotary = { type: "rotary", operations: 4 };
    const turned = elementwise(builder, { name: "rotary_query", ...rotary }, [query, angles], formats);
    const turnedKey = elementwise(builder, { name: "rotary_key", ...rotary }, [key, angles], formats);
    const scoreSteps = [{ type: "scale" }, { type: "causal_mask", mask }];
    const sharing = { heads, keyHeads, cached, scoreSteps };
    const mixed = unfusedAttention(builder, turned, turnedKey, value, sharing, formats);
    const attended = linear(builder, mixed, plain("output", hidden), formats);
    x = elementwise(builder, { name: "residual", type: "add" }, [attended, x], formats);

    builder.enter("feed-forward", layer);
    const normed = rmsNorm(builder, "norm", x, formats);
    const gate = linear(builder, normed, plain("gate", inner), formats);
    const wide = linear(builder, normed, plain("inner", inner), formats);
    const open = elementwise(
      builder,
      { name: "activation", type: "silu", operations: operationsPerElement.silu },
      [gate],
      formats,
    );
    const gated = elementwise(builder, { name: "gated", type: "mul" }, [open, wide], formats);
    const narrow = linear(builder, gated, plain("output", hidden), formats);
    x = elementwise(builder, { name: "residual", type: "add" }, [narrow, x], formats);
  }

  builder.enter("head");
  const last = rmsNorm(builder, "norm", x, formats);
  return builder.build(linear(builder, last, plain("logits", vocabulary), formats));
}

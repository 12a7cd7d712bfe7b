// BERT: an encoder of tokens. Built from its published shapes; knows no device.
// J. Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", 2018, section 3.

import { operationsPerElement } from "../../operator/index.js";
import { GraphBuilder } from "../builder.js";
import type { Graph } from "../graph.js";
import { elementwise, embedding, layerNorm, linear, view } from "../layers.js";
import { unfusedAttention } from "./attention.js";
import type { ModelSizes } from "./options.js";

export interface BertShape {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly inner: number;
  readonly vocabulary: number;
  readonly positions: number;
}

export const bertBase: BertShape = {
  layers: 12,
  hidden: 768,
  heads: 12,
  inner: 3072,
  vocabulary: 30522,
  positions: 512,
};
export const bertLarge: BertShape = { ...bertBase, layers: 24, hidden: 1024, heads: 16, inner: 4096 };

/** The encoder with its pooler, operator by operator; no head of a task. */
export function bert(
  name: string,
  { layers, hidden, heads, inner, vocabulary, positions }: BertShape,
  { batch, sequence, formats }: ModelSizes,
): Graph {
  const builder = new GraphBuilder(name);
  const { activation } = formats;
  const tokens = builder.input("tokens", [batch, sequence], "INT64");
  const segments = builder.input("segments", [batch, sequence], "INT64");
  const places = builder.input("positions", [sequence], "INT64");
  const mask = builder.input("mask", [batch, 1, 1, sequence], activation);

  builder.enter("embedding");
  const table = (of: string, rows: number) => builder.weight(`${of}.weight`, [rows, hidden], activation);
  const words = embedding(builder, "words", tokens, table("words", vocabulary), formats);
  const kinds = embedding(builder, "segments", segments, table("segments", 2), formats);
  const order = embedding(builder, "positions", places, table("positions", positions), formats);
  const named = elementwise(builder, { name: "add_segments", type: "add" }, [words, kinds], formats);
  const placed = elementwise(builder, { name: "add_positions", type: "add" }, [named, order], formats);
  let x = layerNorm(builder, "norm", placed, formats);

  for (let layer = 0; layer < layers; layer++) {
    builder.enter("attention", layer);
    const [query, key, value] = ["query", "key", "value"].map((part) =>
      linear(builder, x, { name: part, features: hidden }, formats),
    );
    const scoreSteps = [{ type: "scale" }, { type: "mask", mask }];
    const mixed = unfusedAttention(builder, query, key, value, { heads, scoreSteps }, formats);
    const attended = linear(builder, mixed, { name: "output", features: hidden }, formats);
    const beside = elementwise(builder, { name: "residual", type: "add" }, [attended, x], formats);
    x = layerNorm(builder, "norm", beside, formats);

    builder.enter("feed-forward", layer);
    const wide = linear(builder, x, { name: "inner", features: inner }, formats);
    const active = elementwise(
      builder,
      { name: "activation", type: "gelu", operations: operationsPerElement.gelu },
      [wide],
      formats,
    );
    const narrow = linear(builder, active, { name: "output", features: hidden }, formats);
    const sum = elementwise(builder, { name: "residual", type: "add" }, [narrow, x], formats);
    x = layerNorm(builder, "norm", sum, formats);
  }

  builder.enter("pooler");
  const first = view(builder, "first_token", x, [batch, hidden]);
  const pooled = linear(builder, first, { name: "dense", features: hidden }, formats);
  return builder.build(x, elementwise(builder, { name: "activation", type: "tanh" }, [pooled], formats));
}

// OPT: a decoder of tokens with ReLU. Built from its published shapes; knows no device.
// S. Zhang et al., "OPT: Open Pre-trained Transformer Language Models", 2022, table 1. The 350M model, which is built otherwise,
// is left out.
import { GraphBuilder } from "../builder.js";
import type { Graph } from "../graph.js";
import { elementwise, layerNorm, linear } from "../layers.js";
import { unfusedAttention } from "./attention.js";
import { placedWords } from "./embedding.js";
import type { ModelSizes } from "./options.js";

export interface OptShape {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
}

/** The family's shapes, by name. */
export const optShapes: Readonly<Record<string, OptShape>> = {
  "opt-125m": { layers: 12, hidden: 768, heads: 12 },
  "opt-1.3b": { layers: 24, hidden: 2048, heads: 32 },
  "opt-2.7b": { layers: 32, hidden: 2560, heads: 32 },
  "opt-6.7b": { layers: 32, hidden: 4096, heads: 32 },
  "opt-13b": { layers: 40, hidden: 5120, heads: 40 },
  "opt-30b": { layers: 48, hidden: 7168, heads: 56 },
  "opt-66b": { layers: 64, hidden: 9216, heads: 72 },
  "opt-175b": { layers: 96, hidden: 12288, heads: 96 },
};

const vocabulary = 50272;
/** 2048, and 2 that are left from the way in which padding is counted. */
const positions = 2050;

/** The decoder with the head that answers for every new token; the head's weights are those of the embedding. */
export function opt(
  name: string,
  { layers, hidden, heads }: OptShape,
  { batch, sequence, cached, formats }: ModelSizes,
): Graph {
  const builder = new GraphBuilder(name);
  const tokens = builder.input("tokens", [batch, sequence], "INT64");
  const places = builder.input("positions", [batch, sequence], "INT64");
  const mask = builder.input("mask", [batch, 1, sequence, cached + sequence], formats.activation);

  builder.enter("embedding");
  const { sum, words } = placedWords(builder, tokens, places, { vocabulary, positions, hidden }, formats);
  let x = sum;

  for (let layer = 0; layer < layers; layer++) {
    builder.enter("attention", layer);
    const before = layerNorm(builder, "norm", x, formats);
    const [query, key, value] = ["query", "key", "value"].map((part) =>
      linear(builder, before, { name: part, features: hidden }, formats),
    );
    const scaled = elementwise(builder, { name: "scale", type: "mul" }, [query], formats);
    const scoreSteps = [{ type: "causal_mask", mask }, { type: "bound" }];
    const mixed = unfusedAttention(builder, scaled, key, value, { heads, cached, scoreSteps }, formats);
    const attended = linear(builder, mixed, { name: "output", features: hidden }, formats);
    x = elementwise(builder, { name: "residual", type: "add" }, [attended, x], formats);

    builder.enter("feed-forward", layer);
    const normed = layerNorm(builder, "norm", x, formats);
    const wide = linear(builder, normed, { name: "inner", features: 4 * hidden }, formats);
    const active = elementwise(builder, { name: "activation", type: "relu" }, [wide], formats);
    const narrow = linear(builder, active, { name: "output", features: hidden }, formats);
    x = elementwise(builder, { name: "residual", type: "add" }, [narrow, x], formats);
  }

  builder.enter("head");
  const last = layerNorm(builder, "norm", x, formats);
  return builder.build(
    linear(builder, last, { name: "logits", features: vocabulary, bias: "without", weight: words }, formats),
  );
}

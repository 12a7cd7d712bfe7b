// GPT-2 and GPT-3: decoders of tokens, norms before each part. Built from their published shapes; knows no device.
// A. Radford et al., "Language Models are Unsupervised Multitask Learners", 2019, table 2; T. Brown et al., "Language Models are
// Few-Shot Learners", 2020, table 2.1, whose alternating sparse attention is dense here.
import { GraphBuilder } from "../builder.js";
import type { Graph, Tensor } from "../graph.js";
import { elementwise, layerNorm, linear, type ModelFormats, view } from "../layers.js";
import { unfusedAttention } from "./attention.js";
import { placedWords } from "./embedding.js";
import type { ModelSizes } from "./options.js";

export interface GptShape {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly positions: number;
  readonly vocabulary: number;
}

const gpt2 = { positions: 1024, vocabulary: 50257 };
const gpt3 = { positions: 2048, vocabulary: 50257 };

/** The family's shapes, by name. */
export const gptShapes: Readonly<Record<string, GptShape>> = {
  gpt2: { ...gpt2, layers: 12, hidden: 768, heads: 12 },
  "gpt2-medium": { ...gpt2, layers: 24, hidden: 1024, heads: 16 },
  "gpt2-large": { ...gpt2, layers: 36, hidden: 1280, heads: 20 },
  "gpt2-xl": { ...gpt2, layers: 48, hidden: 1600, heads: 25 },
  "gpt3-125m": { ...gpt3, layers: 12, hidden: 768, heads: 12 },
  "gpt3-350m": { ...gpt3, layers: 24, hidden: 1024, heads: 16 },
  "gpt3-760m": { ...gpt3, layers: 24, hidden: 1536, heads: 16 },
  "gpt3-2.7b": { ...gpt3, layers: 32, hidden: 2560, heads: 32 },
  "gpt3-6.7b": { ...gpt3, layers: 32, hidden: 4096, heads: 32 },
  "gpt3-13b": { ...gpt3, layers: 40, hidden: 5120, heads: 40 },
  "gpt3-175b": { ...gpt3, layers: 96, hidden: 12288, heads: 96 },
};

/** The decoder with the head that answers for every new token; the head's weights are those of the embedding. */
export function gpt(
  name: string,
  { layers, hidden, heads, positions, vocabulary }: GptShape,
  { batch, sequence, cached, formats }: ModelSizes,
): Graph {
  const builder = new GraphBuilder(name);
  const tokens = builder.input("tokens", [batch, sequence], "INT64");
  const places = builder.input("positions", [sequence], "INT64");
  const mask = builder.input("mask", [1, 1, sequence, cached + sequence], "BOOL");

  builder.enter("embedding");
  const { sum, words } = placedWords(builder, tokens, places, { vocabulary, positions, hidden }, formats);
  let x = sum;

  for (let layer = 0; layer < layers; layer++) {
    builder.enter("attention", layer);
    const before = layerNorm(builder, "norm", x, formats);
    const all = linear(builder, before, { name: "query_key_value", features: 3 * hidden }, formats);
    const [query, key, value] = ["query", "key", "value"].map((part) =>
      view(builder, part, all, [batch, sequence, hidden]),
    );
    const scoreSteps = [{ type: "scale" }, { type: "causal_mask", mask }];
    const mixed = unfusedAttention(builder, query, key, value, { heads, cached, scoreSteps }, formats);
    const attended = linear(builder, mixed, { name: "output", features: hidden }, formats);
    x = elementwise(builder, { name: "residual", type: "add" }, [attended, x], formats);

    builder.enter("feed-forward", layer);
    const normed = layerNorm(builder, "norm", x, formats);
    const wide = linear(builder, normed, { name: "inner", features: 4 * hidden }, formats);
    const narrow = linear(builder, geluByTanh(builder, wide, formats), { name: "output", features: hidden }, formats);
    x = elementwise(builder, { name: "residual", type: "add" }, [narrow, x], formats);
  }

  builder.enter("head");
  const last = layerNorm(builder, "norm", x, formats);
  return builder.build(
    linear(builder, last, { name: "logits", features: vocabulary, bias: "without", weight: words }, formats),
  );
}

// 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), written as GPT-2's authors did: eight operators.
function geluByTanh(builder: GraphBuilder, x: Tensor, formats: ModelFormats): Tensor {
  const step = (name: string, type: string, ...inputs: Tensor[]): Tensor =>
    elementwise(builder, { name, type }, inputs, formats);
  const half = step("half", "mul", x);
  const cubed = step("scaled_cube", "mul", step("cube", "pow", x));
  const bent = step("tanh", "tanh", step("scaled", "mul", step("with_cube", "add", x, cubed)));
  return step("activation", "mul", half, step("plus_one", "add", bent));
}

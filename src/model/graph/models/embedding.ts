// What decoders of tokens begin with: each token's row of a table, and its position's of another. Knows no model.
import type { GraphBuilder } from "../builder.js";
import type { Tensor } from "../graph.js";
import { elementwise, embedding, type ModelFormats } from "../layers.js";

/** Rows of both tables, each `hidden` wide. */
export interface EmbeddingTables {
  readonly vocabulary: number;
  readonly positions: number;
  readonly hidden: number;
}

/** `sum` of both, and the table of `words`, which the head of such a model may share. */
export function placedWords(
  builder: GraphBuilder,
  tokens: Tensor,
  places: Tensor,
  { vocabulary, positions, hidden }: EmbeddingTables,
  formats: ModelFormats,
): { readonly sum: Tensor; readonly words: Tensor } {
  const words = builder.weight("words.weight", [vocabulary, hidden], formats.weight);
  const order = builder.weight("positions.weight", [positions, hidden], formats.weight);
  const sum = elementwise(
    builder,
    { name: "sum", type: "add" },
    [embedding(builder, "words", tokens, words, formats), embedding(builder, "positions", places, order, formats)],
    formats,
  );
  return { sum, words };
}

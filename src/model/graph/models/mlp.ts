// A multilayer perceptron: linear layers with ReLU between them. Knows no device.
import { GraphBuilder } from "../builder.js";
import type { Graph } from "../graph.js";
import { elementwise, linear } from "../layers.js";
import type { ModelSizes } from "./options.js";

/** `widths`: of the input, of every hidden layer and of the output. */
export function mlp(name: string, widths: readonly number[], { batch, formats }: ModelSizes): Graph {
  const builder = new GraphBuilder(name);
  let x = builder.input("input", [batch, widths[0]], formats.activation);
  for (const [layer, features] of widths.slice(1).entries()) {
    builder.enter("layer", layer);
    x = linear(builder, x, { name: "linear", features }, formats);
    if (layer < widths.length - 2) x = elementwise(builder, { name: "activation", type: "relu" }, [x], formats);
  }
  return builder.build(x);
}

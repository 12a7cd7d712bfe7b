// The work of a transformer's feed-forward network. Knows no device.
import { elementwiseKernel } from "./elementwise.js";
import { bytesOf, type Formats } from "./formats.js";
import type { StreamWork } from "./kernel-work.js";
import { extent, flag, type Operator } from "./operator.js";

/**
 * Y = f(X W1) W2 for batch x seq tokens, W1 of hidden x inner, W2 of inner x hidden; gated: Y = (f(X Wg) * X W1) W2, a third
 * matrix (SwiGLU). 2 operations for each weight and token, the activation's not counted; X, Y and the weights cross the memory
 * interface once, and what is between the products is not counted. The kernels do write and read it.
 */
export const ffn: Operator = {
  type: "ffn",
  description: "feed-forward network of a transformer, two products around an activation, or three when gated",
  dimensions: [
    extent("batch", "sequences", 1),
    extent("seq", "tokens of a sequence", 2048),
    extent("hidden", "width of the model", 4096),
    extent("inner", "width between the products", 16384),
    flag("gated", "the activation of one product scales another's result", 0),
  ],
  work([batch, seq, hidden, inner, gated], { math, input, weight, output }) {
    const tokens = batch * seq;
    const weights = (2 + gated) * hidden * inner;
    return {
      flop: { [math]: 2 * tokens * weights },
      units: "matrix",
      bytes: { dram: bytesOf(tokens * hidden, input) + bytesOf(weights, weight) + bytesOf(tokens * hidden, output) },
    };
  },
  kernels([batch, seq, hidden, inner, gated], formats) {
    const { input } = formats;
    const tokens = batch * seq;
    const between = tokens * inner;
    return [
      // The gate's matrix stands beside the other, so that one product does for both.
      {
        kind: "matmul",
        batch: 1,
        m: tokens,
        n: (1 + gated) * inner,
        k: hidden,
        formats: { ...formats, output: input },
      },
      activation(between, gated, { ...formats, output: input }),
      { kind: "matmul", batch: 1, m: tokens, n: hidden, k: inner, formats },
    ];
  },
};

// Its arguments are what the product before it wrote last.
function activation(elements: number, gated: number, formats: Formats): StreamWork {
  const warm = bytesOf((1 + gated) * elements, formats.input);
  const kernel = elementwiseKernel(gated === 1 ? "silu" : "gelu", elements, formats, warm);
  return { ...kernel, read: warm, operationsPerElement: kernel.operationsPerElement + gated * gateInstructions };
}

/** A load, its address and a product. */
const gateInstructions = 3;

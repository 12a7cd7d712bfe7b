// Fusion: which nodes of a graph one kernel does together. The rules are stated here; each has a file of its own. Knows no device.
import { readChoice } from "../../../core/choices.js";
import type { Graph } from "../graph.js";
import { fuseAttention } from "./attention.js";
import { fuseConvolutions } from "./convolutions.js";
import { fusePasses } from "./passes.js";
import { fuseEpilogues, joinProducts } from "./products.js";

/**
 * How far nodes are fused. Operations stay what they are, but for scores that a causal mask hides: a kernel that knows of the mask
 * leaves them out. Bytes become fewer: what flows within a kernel never reaches memory.
 *
 * `none`: a kernel for each operator, as a framework runs it eagerly.
 *
 * `compiled`: as a compiler of element loops does it (TorchInductor, XLA).
 * 1. Passes over memory that follow each other are one pass: elementwise operators, copies, lookups, softmax and norms; it reads
 *    what comes from outside once, and writes what is read outside. A pass joins those before it while nobody else has used
 *    what they make, since it would have to wait for that.
 *
 * `engine`: as an inference engine does it with kernels written by hand (TensorRT, vLLM). Before and after 1:
 * 2. Products, scores between them, their scaling and mask and softmax are one kernel of attention that keeps the scores on
 *    chip. It takes and leaves its operands in the order of tokens and finds keys and values in a cache, so that copies around
 *    it go.
 * 3. Linear layers of the same input are one product, with their outputs beside each other.
 * 4. Functions of one element that alone read a product are done before it is written.
 * 5. Batch norm behind a convolution, the sum with another tensor and ReLU are done before its result is written.
 */
export type Fusion = "none" | "compiled" | "engine";

const levels: Readonly<Record<Fusion, readonly ((graph: Graph) => Graph)[]>> = {
  none: [],
  compiled: [fusePasses],
  engine: [fuseAttention, joinProducts, fuseConvolutions, fusePasses, fuseEpilogues],
};

/** The graph with its nodes fused. Throws InputError for a level that is none. */
export function fuse(graph: Graph, fusion: Fusion): Graph {
  const level = readChoice(Object.keys(levels) as Fusion[], fusion, "fusion", "fusion");
  return levels[level].reduce((fused, rule) => rule(fused), graph);
}

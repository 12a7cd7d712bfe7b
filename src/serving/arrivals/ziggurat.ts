// The exponential density in 256 layers of equal area (Marsaglia and Tsang, "The ziggurat method for generating random variables", 2000):
// a place in one of them, drawn at random, is below the curve 99 times in 100 without a look at it. Knows nothing of streams.
import { exp, log } from "../../core/elementary.js";

const layers = 256;

/** Where the tail begins, and the area of a layer, of 256: the paper gives both; they are where the layers end at the top, at 0. */
export const tailStart = 7.69711747013105;
const area = 0.003949659822581557;

interface Layers {
  /** How far each layer reaches, from the lowest, whose tail is laid beside it, upwards; the last one is 0. */
  readonly edges: Float64Array;
  /** The density at each of them. */
  readonly heights: Float64Array;
}

export const exponentialLayers: Layers = ((): Layers => {
  const edges = new Float64Array(layers + 1);
  const heights = new Float64Array(layers + 1);
  edges[0] = area / exp(-tailStart);
  edges[1] = tailStart;
  for (let layer = 1; layer < layers - 1; layer++) {
    edges[layer + 1] = -log(area / edges[layer] + exp(-edges[layer]));
  }
  // The topmost edge is 0 whatever rounding has made of it.
  edges[layers] = 0;
  for (let layer = 1; layer <= layers; layer++) heights[layer] = exp(-edges[layer]);
  return { edges, heights };
})();

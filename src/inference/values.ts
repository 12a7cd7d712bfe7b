// The values of an MLP: weights and inputs drawn from a seed, and what it computes of them by plain arithmetic in double precision.
// Knows no device and no kernel.
import { floatFormats, roundTo } from "../core/float-format.js";
import { SeededRandom } from "../core/random.js";
import type { ValueName } from "./kernels.js";

/** One linear layer: weights [n, k] row by row, and n biases. */
export interface LayerValues {
  readonly n: number;
  readonly k: number;
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

/** An MLP with its input [rows, k of the first layer]. All values are such that their format holds them. */
export interface MlpValues {
  readonly rows: number;
  readonly input: Float32Array;
  readonly layers: readonly LayerValues[];
}

/** Weights and biases from -1/sqrt(k) to 1/sqrt(k), as PyTorch draws those of a linear layer, and inputs from -1 to 1. */
export function drawValues(widths: readonly number[], rows: number, value: ValueName, seed: number): MlpValues {
  const random = new SeededRandom(seed);
  const format = floatFormats[value];
  const draw = (count: number, most: number): Float32Array =>
    Float32Array.from({ length: count }, () => roundTo(format, (random.next() / 2 ** 31 - 1) * most));
  const input = draw(rows * widths[0], 1);
  const layers = widths.slice(1).map((n, layer): LayerValues => {
    const k = widths[layer];
    return { n, k, weight: draw(n * k, 1 / Math.sqrt(k)), bias: draw(n, 1 / Math.sqrt(k)) };
  });
  return { rows, input, layers };
}

/** What the MLP makes of its input, in double precision and without rounding in between. */
export function plainMlp({ rows, input, layers }: MlpValues): Float64Array {
  let x = Float64Array.from(input);
  for (const [index, { n, k, weight, bias }] of layers.entries()) {
    const y = new Float64Array(rows * n);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < n; column++) {
        let sum = bias[column];
        for (let at = 0; at < k; at++) sum += x[row * k + at] * weight[column * k + at];
        y[row * n + column] = index < layers.length - 1 ? Math.max(sum, 0) : sum;
      }
    }
    x = y;
  }
  return x;
}

/**
 * By how much what was computed may differ, as a share of the greatest value: each layer rounds its result once to its format, and
 * its k products and sums, in single precision, each by as much as 2^-24, which come together as a random walk of sqrt(k) steps does. Twice
 * that, since a single value can be further off than most.
 */
export function errorBound(layers: readonly Pick<LayerValues, "k">[], value: ValueName): number {
  const stored = 2 ** -(floatFormats[value].fraction + 1);
  return 2 * layers.reduce((sum, { k }) => sum + stored + Math.sqrt(k) * 2 ** -24, 0);
}

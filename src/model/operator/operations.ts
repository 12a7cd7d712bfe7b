// Operations of an element, of functions that are operators by themselves and nodes of graphs. Knows neither.

/** One for each operation that the formula has; an exponential or its like is one. A fused function counts as what it stands for. */
export const operationsPerElement = {
  /** x (1 + erf(x / sqrt(2))) / 2. */
  gelu: 5,
  /** x / (1 + exp(-x)). */
  silu: 4,
  /** The greatest, a difference, an exponential, their sum, a quotient. */
  softmax: 5,
  /** Two for the mean (sum, difference), two for the variance (square, sum), three for the result. */
  layerNorm: 7,
  /** Scale and shift. */
  batchNorm: 2,
  /** A square, their sum, two products. */
  rmsNorm: 4,
} as const;

// The work of looking up rows of a table of weights. Knows no device.
import { bytesOf } from "./formats.js";
import { extent, type Operator } from "./operator.js";

/** Bytes of an index, 64 bits as frameworks have it. */
const indexBytes = 8;

/** One row of the table for each token, read and written once, beside its index: no arithmetic. */
export const embedding: Operator = {
  type: "embedding",
  description: "rows of a table of weights, one for each token",
  dimensions: [
    extent("tokens", "rows that are looked up", 2048),
    extent("hidden", "elements of a row", 4096),
    extent("vocabulary", "rows of the table", 50257),
  ],
  work([tokens, hidden], { weight, output }) {
    const dram = bytesOf(tokens * hidden, weight) + bytesOf(tokens * hidden, output) + tokens * indexBytes;
    return { flop: {}, bytes: { dram } };
  },
  kernels: ([tokens, hidden, vocabulary], { math, weight }) => [
    { kind: "gather", rows: tokens, tableRows: vocabulary, rowBytes: bytesOf(hidden, weight), indexBytes, math },
  ],
};

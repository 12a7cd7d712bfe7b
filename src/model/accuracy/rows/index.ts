// Rows of tables of measured latencies, by the names that their authors gave the columns: which question each asks, or why none
// that is answered here. Predicts nothing itself.
import type { NotCovered, Question } from "../question.js";
import { readAttention } from "./attention.js";
import { isNotCovered, readHeading, type TableRow } from "./cells.js";
import { readConvolution } from "./convolution.js";
import { readImageModel } from "./image-models.js";
import { readLlmcompass } from "./llmcompass.js";
import { readMemoryBound } from "./memory-bound.js";
import { readModel } from "./models.js";
import { readProduct } from "./product.js";
import { readVidur } from "./vidur.js";

export { isNotCovered, type TableRow } from "./cells.js";
export { attributed } from "./source.js";

/** The kinds of row that are known; the first whose columns are there reads it. */
const kinds: readonly ((row: TableRow) => Question | NotCovered | undefined)[] = [
  readAttention,
  readProduct,
  readVidur,
  readLlmcompass,
  readMemoryBound,
  readImageModel,
  readModel,
  readConvolution,
];

/** Reads a row: `gpu`, `op`, extents, `dtype` and `measured_us`. */
export function readRow(row: TableRow): Question | NotCovered {
  for (const read of kinds) {
    const question = read(row);
    if (question !== undefined) return question;
  }
  const heading = readHeading(row);
  return isNotCovered(heading) ? heading : { reason: `operator ${heading.op} is not predicted yet` };
}

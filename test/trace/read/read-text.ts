// Reads a text as if it were a file that comes in one piece, or in pieces of given lengths.

import { silent } from "../../../src/core/progress.js";
import { readTrace } from "../../../src/trace/read/index.js";
import type { Timeline } from "../../../src/trace/timeline/index.js";

export async function readText(text: string, cuts: readonly number[] = []): Promise<Timeline> {
  return await readBytes(new TextEncoder().encode(text), cuts);
}

/** `cuts` are lengths of pieces; the rest is the last one. */
export async function readBytes(bytes: Uint8Array, cuts: readonly number[] = []): Promise<Timeline> {
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const cut of cuts) {
    pieces.push(bytes.subarray(from, from + cut));
    from += cut;
  }
  pieces.push(bytes.subarray(from));
  return await readTrace({ pieces }, { name: "made", progress: silent });
}

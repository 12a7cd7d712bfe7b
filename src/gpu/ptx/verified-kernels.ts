// Kernels that were parsed and verified are remembered by their text, so that the second launch of one does neither again. What is
// remembered is never changed; the texts used least recently are forgotten.
import { parseModule } from "./parse.js";
import type { Module } from "./syntax.js";
import { type VerifiedEntry, verifyEntry } from "./verify.js";

/** Texts that are remembered at most, and their characters in all. */
const mostTexts = 64;
const mostCharacters = 16_000_000;

interface Known {
  readonly module: Module;
  readonly entries: Map<string, VerifiedEntry>;
}

const known = new Map<string, Known>();
let characters = 0;

/** A kernel of a PTX text, ready to run. Throws InputError as `parseModule` and `verifyEntry` do. */
export function verifiedKernel(ptx: string, name: string): VerifiedEntry {
  const { module, entries } = recall(ptx);
  let entry = entries.get(name);
  if (entry === undefined) {
    entry = verifyEntry(module, name);
    entries.set(name, entry);
  }
  return entry;
}

function recall(ptx: string): Known {
  const found = known.get(ptx);
  if (found !== undefined) {
    // The order of a Map is the order of use, then.
    known.delete(ptx);
    known.set(ptx, found);
    return found;
  }
  const fresh = { module: parseModule(ptx), entries: new Map() };
  known.set(ptx, fresh);
  characters += ptx.length;
  for (const text of known.keys()) {
    if (known.size <= mostTexts && characters <= mostCharacters) break;
    if (text === ptx) break;
    known.delete(text);
    characters -= text.length;
  }
  return fresh;
}

// How a benchmark says that it was timed: the words of its `protocol` that the planner understands. Knows no times.
import { type Quantisation, quantisations } from "../operator/index.js";
import { type CacheState, cacheStates, type Protocol, protocols } from "../planner/index.js";

/** Undefined is what the file does not say in words that are known. */
export interface TimingManner {
  /** How it was launched: `launch`, or the protocol itself where it is one word. */
  readonly protocol: Protocol | undefined;
  /** What L2 held. */
  readonly cache: CacheState | undefined;
  /** How activations were brought into a narrow format, where that was timed too. */
  readonly quantise: Quantisation | undefined;
}

/**
 * Reads a `protocol`: a word, or an object with `launch`, `cache` and `quantise` among what else its author says. `unread` are the
 * fields whose words are not known, as they continue the path of the protocol: "" is all of it.
 */
export function readManner(written: unknown): { readonly manner: TimingManner; readonly unread: readonly string[] } {
  const fields: Readonly<Record<string, unknown>> =
    typeof written === "object" && written !== null ? { ...written } : { launch: written };
  const manner = {
    protocol: protocols.find((known) => known === fields["launch"]),
    cache: cacheStates.find((known) => known === fields["cache"]),
    quantise: quantisations.find((known) => known === fields["quantise"]),
  };
  if (written === undefined) return { manner, unread: [] };
  if (Object.values(manner).every((read) => read === undefined)) return { manner, unread: [""] };
  const understood = { launch: manner.protocol, cache: manner.cache, quantise: manner.quantise };
  const unread = Object.entries(understood).flatMap(([field, read]) =>
    fields[field] !== undefined && read === undefined ? [`.${field}`] : [],
  );
  return { manner, unread };
}

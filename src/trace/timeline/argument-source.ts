// Where the arguments of events are found, whichever way a format keeps them. Knows nothing of what they say.

/** Arguments by where they are, as the events' column says; at 0 there are none. */
export interface ArgumentSource {
  /** The JSON text of an object. */
  text(at: number): string;
  /** The same as UTF-8, not to be changed. */
  view(at: number): Uint8Array;
  /** Reads arguments of some names, without reading those that have not the first of them. */
  reader(names: readonly string[]): ArgumentReader;
}

/** An object with at least those of the names that are said; undefined where the first is not. */
export type ArgumentReader = (at: number) => Readonly<Record<string, unknown>> | undefined;

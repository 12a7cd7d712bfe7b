// Where the arguments of events are found, whichever way a format keeps them. Knows nothing of what they say.

/** Arguments by where they are and how long they are there, as the columns of the events say; a length of 0 is none. */
export interface ArgumentSource {
  /** The JSON text of an object. */
  text(at: number, length: number): string;
  /** The same as UTF-8, not to be changed. */
  view(at: number, length: number): Uint8Array;
  /** Reads arguments of some names, without reading those that have not the first of them. */
  reader(names: readonly string[]): ArgumentReader;
}

/** An object with at least those of the names that are said; undefined where the first is not. */
export type ArgumentReader = (at: number, length: number) => Readonly<Record<string, unknown>> | undefined;

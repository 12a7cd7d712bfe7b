// What every reader of a format is: it takes pieces of bytes, and has a timeline in the end. Knows no format.
import type { Timeline } from "../timeline/index.js";

export interface TraceReader {
  /** Takes the next piece, of any length; it is not looked at afterwards. Throws InputError for what is no trace at all. */
  push(piece: Uint8Array): void;
  /** The timeline of all pieces. Throws InputError where nothing could be read. */
  finish(): Timeline;
}

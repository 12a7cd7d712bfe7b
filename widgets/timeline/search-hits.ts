// A search's hits by rows: how many of a row's events before each were hit, so that any run of events says at once whether it has one.
import type { Row } from "./levels.js";

export class SearchHits {
  private readonly known = new Map<Row, Int32Array>();

  /** A bit an event: `bits[event >> 3] & (1 << (event & 7))`. */
  constructor(private readonly bits: Uint8Array) {}

  /** One more than the row has events: the last says how many of all were hit. */
  before(row: Row): Int32Array {
    let before = this.known.get(row);
    if (before === undefined) {
      const { events } = row;
      before = new Int32Array(events.length + 1);
      for (let at = 0; at < events.length; at++) {
        const event = events[at];
        before[at + 1] = before[at] + ((this.bits[event >> 3] >> (event & 7)) & 1);
      }
      this.known.set(row, before);
    }
    return before;
  }
}

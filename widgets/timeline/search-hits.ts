// A search's hits by rows: how many of a row's events before each were hit, so that any run of events says at once whether it has one.
import type { Row } from "./levels.js";
import type { RowSearch } from "./row-picture.js";

export class SearchHits {
  private readonly known = new Map<Row, RowSearch>();

  /** A bit an event: `bits[event >> 3] & (1 << (event & 7))`. */
  constructor(private readonly bits: Uint8Array) {}

  of(row: Row): RowSearch {
    let search = this.known.get(row);
    if (search === undefined) {
      const { events } = row;
      const hitsBefore = new Int32Array(events.length + 1);
      for (let at = 0; at < events.length; at++) {
        const event = events[at];
        hitsBefore[at + 1] = hitsBefore[at] + ((this.bits[event >> 3] >> (event & 7)) & 1);
      }
      search = { hitsBefore };
      this.known.set(row, search);
    }
    return search;
  }
}

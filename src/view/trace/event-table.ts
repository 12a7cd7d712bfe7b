// The events of a timeline as an Arquero table, a row an event, whose cells are made when they are asked for: a million events cost
// nothing until then. Knows nothing of who shows it.
import { type ColumnTable, table } from "arquero";
import { copyDirections, eventForms, eventRoles, type Timeline } from "../../trace/timeline/index.js";

/**
 * A row an event, by their start: its number `event`, `name`, `category`, `role`, `form`, `process`, `track`, `start_ns` since the
 * timeline's origin, `duration_ns`, `correlation`, `bytes`, `direction`, `stream` and `args`, the JSON text as it was recorded. What
 * is not known is null.
 */
export function traceEventTable(timeline: Timeline): ColumnTable {
  const { events, tracks, processes } = timeline;
  const column = <T>(at: (event: number) => T): Column<T> => new Column(events.length, at);
  const known = (values: ArrayLike<number>, absent: number): Column<number | null> =>
    column((event) => (Object.is(values[event], absent) ? null : values[event]));
  const word = (text: string): string | null => (text === "" ? null : text);
  return table({
    event: column((event) => event),
    name: column((event) => timeline.nameOf(event)),
    category: column((event) => word(timeline.categoryOf(event))),
    role: column((event) => eventRoles[events.role[event]]),
    form: column((event) => eventForms[events.form[event]]),
    process: column((event) => processes[tracks[events.track[event]].process].name),
    track: column((event) => tracks[events.track[event]].name),
    start_ns: column((event) => events.start[event]),
    duration_ns: column((event) => events.duration[event]),
    correlation: known(events.correlation, -1),
    bytes: known(events.bytes, Number.NaN),
    direction: column((event) => word(copyDirections[events.direction[event]])),
    stream: known(events.stream, -1),
    args: column((event) => word(timeline.argumentTextOf(event))),
  });
}

/** What Arquero asks of a column. */
class Column<T> implements Iterable<T> {
  constructor(
    readonly length: number,
    readonly at: (row: number) => T,
  ) {}

  *[Symbol.iterator](): Iterator<T> {
    for (let row = 0; row < this.length; row++) yield this.at(row);
  }
}

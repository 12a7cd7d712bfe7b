// Puts beginnings and ends together that no number joins: within a group, as a thread, an end closes what was begun last, of those with its
// name. Knows no format.
import { float64Column, formNumber, int32Column, type TimelineBuilder, timeOrder } from "../timeline/index.js";

/** What to do with what is found. */
export interface PairFinder {
  /** An event began, or an instant was, while `parent` was open: the innermost, or -1. */
  readonly within?: (row: number, parent: number) => void;
  /** The arguments of its end, as `EventValues` keeps them. */
  readonly ended?: (row: number, argumentsAt: number) => void;
  /** So many of the events without an end are known to have none, and are not noted. */
  readonly known?: number;
}

/** Beginnings and ends in the order of a file, which need not be that of time: they are put in order before they are paired. */
export class BeginEndPairs {
  private readonly group = int32Column();
  private readonly at = float64Column();
  /** The event's row; -1 for an end. */
  private readonly row = int32Column();
  private readonly kind = int32Column();
  private readonly name = int32Column();
  private readonly argumentsAt = float64Column();

  constructor(private readonly builder: TimelineBuilder) {}

  /** An event, as the builder numbers it, has begun. */
  begin(group: number, at: number, row: number): void {
    this.add(group, at, row, begins, this.builder.columns.name.at(row), 0);
  }

  /** An event that takes no time, for which only what is around it matters. */
  instant(group: number, at: number, row: number): void {
    this.add(group, at, row, isInstant, 0, 0);
  }

  /** Something has ended; `name` is 0 where the file does not say what. */
  end(group: number, at: number, name: number, argumentsAt = 0): void {
    this.add(group, at, -1, ends, name, argumentsAt);
  }

  /**
   * Gives each event that has begun its end. Those without stay unfinished, and are noted, as are ends without a beginning.
   * Returns how many stay unfinished.
   */
  close({ within, ended, known = 0 }: PairFinder = {}): number {
    const { builder } = this;
    const { columns, texts } = builder;
    const moments = this.at.done();
    const order = timeOrder(moments);
    const open = new Map<number, number[]>();
    for (let place = 0; place < moments.length; place++) {
      const moment = order === undefined ? place : order[place];
      const group = this.group.at(moment);
      let stack = open.get(group);
      if (stack === undefined) {
        stack = [];
        open.set(group, stack);
      }
      const row = this.row.at(moment);
      if (row >= 0) {
        within?.(row, stack.length === 0 ? -1 : stack[stack.length - 1]);
        if (this.kind.at(moment) === begins) stack.push(row);
        continue;
      }
      const name = this.name.at(moment);
      let index = stack.length - 1;
      if (name !== 0) while (index >= 0 && columns.name.at(stack[index]) !== name) index--;
      if (index < 0) {
        builder.note("an end without a beginning", texts.text(name) || "without a name");
        continue;
      }
      const [begun] = stack.splice(index, 1);
      columns.duration.set(begun, moments[moment] - columns.start.at(begun));
      columns.form.set(begun, slice);
      const argumentsAt = this.argumentsAt.at(moment);
      if (argumentsAt > 0) ended?.(begun, argumentsAt);
    }
    const unfinished = [...open.values()].flat();
    for (const row of unfinished.slice(known)) {
      builder.note("an event whose end was not recorded", texts.text(columns.name.at(row)));
    }
    return unfinished.length;
  }

  private add(group: number, at: number, row: number, kind: number, name: number, argumentsAt: number): void {
    this.group.push(group);
    this.at.push(at);
    this.row.push(row);
    this.kind.push(kind);
    this.name.push(name);
    this.argumentsAt.push(argumentsAt);
  }
}

const begins = 0;
const ends = 1;
const isInstant = 2;
const { slice } = formNumber;

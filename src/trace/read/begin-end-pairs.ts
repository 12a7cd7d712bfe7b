// Puts beginnings and ends together that no number joins: on each thread an end closes what was begun last, of those with its name.
// Knows no format.
import { eventForms, type TimelineBuilder } from "../timeline/index.js";

/**
 * Beginnings and ends as a file has them, in any order of threads; those of a thread are put in order of time before they are paired, as
 * a file need not have them so.
 */
export class BeginEndPairs {
  private readonly moments: {
    track: number;
    at: number;
    row: number;
    name: number;
    order: number;
    args: End | undefined;
  }[] = [];

  constructor(private readonly builder: TimelineBuilder) {}

  /** An event, as the builder numbers it, has begun. */
  begin(track: number, at: number, row: number): void {
    const name = this.builder.columns.name.at(row);
    this.moments.push({ track, at, row, name, order: this.moments.length, args: undefined });
  }

  /** Something has ended on a track; `name` 0 where the file does not say what. */
  end(track: number, at: number, name: number, args?: End): void {
    this.moments.push({ track, at, row: -1, name, order: this.moments.length, args });
  }

  /** Gives each event that has begun its end. Those without stay unfinished, and are noted, as are ends without a beginning. */
  close(join?: (row: number, args: End) => void): void {
    const { builder, moments } = this;
    const { columns, texts } = builder;
    moments.sort((a, b) => a.track - b.track || a.at - b.at || a.order - b.order);
    let open: typeof moments = [];
    const leave = (): void => {
      for (const { name } of open) builder.note("an event whose end was not recorded", texts.text(name));
      open = [];
    };
    let track = -1;
    for (const moment of moments) {
      if (moment.track !== track) {
        leave();
        track = moment.track;
      }
      if (moment.row >= 0) {
        open.push(moment);
        continue;
      }
      let index = open.length - 1;
      if (moment.name !== 0) while (index >= 0 && open[index].name !== moment.name) index--;
      if (index < 0) {
        builder.note("an end without a beginning", texts.text(moment.name) || "without a name");
        continue;
      }
      const [begun] = open.splice(index, 1);
      columns.duration.set(begun.row, moment.at - begun.at);
      columns.form.set(begun.row, slice);
      if (moment.args !== undefined) join?.(begun.row, moment.args);
    }
    leave();
    moments.length = 0;
  }
}

const slice = eventForms.indexOf("slice");

/** Arguments that come with an end. */
export interface End {
  readonly at: number;
  readonly length: number;
}

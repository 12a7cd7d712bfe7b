// Joins the beginnings, steps and ends of arrows of a Chrome trace, which come in any order, into arrows. Knows nothing of events.
import { float64Column, int32Column, type TimelineBuilder, timeOrder } from "../timeline/index.js";

export type FlowStage = "start" | "step" | "end";

export class FlowArrows {
  /** By category and name, then by id. */
  private readonly keys = new Map<number, Map<number | string, number>>();
  private readonly key = int32Column();
  private readonly stage = int32Column();
  private readonly track = int32Column();
  private readonly at = float64Column();
  private readonly name: number[] = [];
  private readonly category: number[] = [];

  constructor(private readonly builder: TimelineBuilder) {}

  /** Arrows are one where name, category and id are. */
  add(stage: FlowStage, name: number, category: number, id: number | string, track: number, at: number): void {
    const kind = name * 2 ** 24 + category;
    let ofKind = this.keys.get(kind);
    if (ofKind === undefined) {
      ofKind = new Map();
      this.keys.set(kind, ofKind);
    }
    let key = ofKind.get(id);
    if (key === undefined) {
      key = this.name.length;
      ofKind.set(id, key);
      this.name.push(name);
      this.category.push(category);
    }
    this.key.push(key);
    this.stage.push(stages.indexOf(stage));
    this.track.push(track);
    this.at.push(at);
  }

  /** Puts the arrows on the timeline; those without a beginning or an end are noted. */
  close(): void {
    const moments = this.at.done();
    const order = timeOrder(moments) ?? Int32Array.from(moments, (_, index) => index);
    // Where the clocks of host and device disagree an arrow may end before it begins. So a beginning and an end that are the only ones of
    // their id belong together whenever they were; where an id comes again they go by time.
    const starts = this.count(start);
    const ends = this.count(end);
    const alone = (index: number): boolean => starts[this.key.at(index)] === 1 && ends[this.key.at(index)] === 1;
    /** By arrow: the last moment of it, from which it goes on; -1 for none. */
    const from = new Int32Array(this.name.length).fill(-1);
    for (const index of order) if (alone(index) && this.stage.at(index) === start) this.go(from, index);
    for (const index of order) if (!alone(index) || this.stage.at(index) === step) this.go(from, index);
    for (const index of order) if (alone(index) && this.stage.at(index) === end) this.go(from, index);
    for (let key = 0; key < from.length; key++) if (from[key] >= 0) this.note("an arrow without an end", key);
  }

  /** How many moments of a stage each arrow has. */
  private count(stage: number): Uint32Array {
    const counts = new Uint32Array(this.name.length);
    for (let index = 0; index < this.stage.length; index++)
      if (this.stage.at(index) === stage) counts[this.key.at(index)]++;
    return counts;
  }

  private go(from: Int32Array, index: number): void {
    const key = this.key.at(index);
    const stage = this.stage.at(index);
    const before = from[key];
    if (stage === start && before >= 0) this.note("an arrow without an end", key);
    if (stage !== start && before < 0) this.note("an arrow without a beginning", key);
    if (stage !== start && before >= 0) this.arrow(key, before, index);
    from[key] = stage === end ? -1 : index;
  }

  private note(what: string, key: number): void {
    this.builder.note(what, this.builder.texts.text(this.name[key]));
  }

  private arrow(key: number, from: number, to: number): void {
    const { track, at } = this;
    this.builder.arrow(this.name[key], this.category[key], track.at(from), at.at(from), track.at(to), at.at(to));
  }
}

const stages: readonly FlowStage[] = ["start", "step", "end"];
const start = 0;
const step = 1;
const end = 2;

// Puts the events of a Chrome trace onto a timeline, kind by kind ("ph"): the form is that of Google's "Trace Event Format", with the
// conventions of PyTorch's profiler. Knows nothing of the file around the events.
import { type EventRole, eventRoles, formNumber, roleNumber, type TimelineBuilder } from "../timeline/index.js";
import { BeginEndPairs } from "./begin-end-pairs.js";
import { eventRoleOf, isCategoryOfPytorch, isDeviceRole } from "./event-roles.js";
import { EventValues } from "./event-values.js";
import { FlowArrows, type FlowStage } from "./flow-arrows.js";
import { TrackNames } from "./track-names.js";

export class ChromeEvents {
  /** Events so far. */
  count = 0;
  /** Whether an event was one that only PyTorch's profiler writes. */
  fromPytorch = false;
  /** Metadata that is about no process and no thread. */
  readonly about: Record<string, unknown> = {};
  readonly values: EventValues;
  private readonly names: TrackNames;
  private readonly threads: BeginEndPairs;
  private readonly spans: BeginEndPairs;
  private readonly arrows: FlowArrows;
  /** Numbers of the groups of spans, by category and id. */
  private readonly groups = new Map<string, number>();
  /** By number of the category's text: whether PyTorch alone writes it (2) or not (1); 0 where nobody has looked. */
  private readonly asked: number[] = [];
  /** By role on and off a stream, by category; by name only where the name decides. */
  private readonly roles = new Map<number, number>();

  /** What to do with an event, by the byte of its `ph`. */
  private readonly kinds: (() => void)[] = byByte({
    X: () => this.whole(),
    B: () => this.begin(),
    E: () => this.end(),
    i: () => this.instant(),
    I: () => this.instant(),
    R: () => this.instant(),
    s: () => this.arrow("start"),
    t: () => this.arrow("step"),
    f: () => this.arrow("end"),
    C: () => this.counter(),
    M: () => this.metadata(),
    b: () => this.spanBegin(),
    e: () => this.spanEnd(),
    n: () => this.spanInstant(),
    // As spans were written before they could nest.
    S: () => this.spanBegin(),
    F: () => this.spanEnd(),
    T: () => this.spanInstant(),
    p: () => this.spanInstant(),
  });

  constructor(private readonly builder: TimelineBuilder) {
    this.values = new EventValues(builder, 3, () => `event ${this.count.toLocaleString("en-US")}`);
    this.names = new TrackNames(this.values);
    this.threads = new BeginEndPairs(builder);
    this.spans = new BeginEndPairs(builder);
    this.arrows = new FlowArrows(builder);
  }

  /** Takes the event that the scanner has just passed. */
  add(): void {
    this.count++;
    const { values } = this;
    const { ph, bytes } = values.scanner;
    if (!ph.isThere || ph.to - ph.from !== 3 || bytes[ph.from] !== 0x22) {
      values.note("an event whose kind is not said", values.raw(ph));
      return;
    }
    const add = this.kinds[bytes[ph.from + 1]];
    if (add === undefined) this.other(String.fromCharCode(bytes[ph.from + 1]));
    else add();
  }

  /** What only the whole file can say; `unfinished` is how many events it says to have no end. */
  finish(unfinished: number): void {
    const { builder, values } = this;
    const open = this.threads.close({
      ended: (row, at) => values.addArguments(row, at),
      known: unfinished,
    });
    this.spans.close({
      known: Math.max(0, unfinished - open),
      ended: (row, at) => values.addArguments(row, at),
      within: (row, parent) => {
        const { track, name } = builder.columns;
        const process = -1 - track.at(row);
        // What is within another span of its id lies on that one's track; the others have one with all of their name.
        if (process >= 0) track.set(row, parent >= 0 ? track.at(parent) : this.spanTrack(row, process, name.at(row)));
      },
    });
    this.arrows.close();
    this.names.finish(builder);
  }

  private whole(): void {
    const { values } = this;
    const { dur } = values.scanner;
    const start = values.moment(values.scanner.ts);
    if (start === undefined) return;
    const duration = dur.isThere ? values.span(dur) : undefined;
    if (!dur.isThere) values.note("an event without a duration");
    // What was recorded in its place is kept with the arguments.
    if (dur.isThere && duration === undefined) values.scanner.setAside(dur);
    this.row(start, duration ?? 0, duration === undefined ? unfinished : slice);
  }

  private begin(): void {
    const start = this.values.moment(this.values.scanner.ts);
    if (start === undefined) return;
    const row = this.row(start, 0, unfinished);
    this.threads.begin(this.builder.columns.track.at(row), start, row);
  }

  private end(): void {
    const { values } = this;
    const moment = values.moment(values.scanner.ts);
    if (moment === undefined) return;
    this.setAsideRest();
    values.keepArguments();
    const name = values.textNumber(values.scanner.name);
    this.threads.end(this.names.track(), moment, name, values.argumentsAt);
  }

  private instant(): void {
    const { scanner } = this.values;
    const at = this.values.moment(scanner.ts);
    if (at === undefined) return;
    // "t", the thread, is what is meant unless said.
    if (scanner.scope.isThere && scanner.bytes[scanner.scope.from + 1] !== 0x74) scanner.setAside(scanner.scope);
    this.row(at, 0, instant);
  }

  /** Adds an event: on the track of its thread, or on that of a span. */
  private row(start: number, duration: number, form: number, trackOfSpan?: number): number {
    const { values, names } = this;
    const track = trackOfSpan ?? names.track();
    const { columns } = this.builder;
    const { scanner } = values;
    const saidRole = this.roleSaid();
    const saidCorrelation = values.number(scanner.corr, Number.NaN);
    const saidStream = values.number(scanner.stream, Number.NaN);
    scanner.setAside(scanner.id);
    if (saidRole < 0) scanner.setAside(scanner.role);
    if (Number.isNaN(saidCorrelation)) scanner.setAside(scanner.corr);
    if (Number.isNaN(saidStream)) scanner.setAside(scanner.stream);
    values.keepArguments();
    const name = values.textNumber(scanner.name);
    const category = values.textNumber(scanner.cat);
    const role = saidRole >= 0 ? saidRole : this.roleOfEvent(category, name, names.isStream(track));
    const onDevice = deviceRoles[role] && saidRole < 0 && track >= 0;
    if (onDevice) names.device(track, values.number(scanner.device, -1));
    let stream = Number.isNaN(saidStream) ? values.number(scanner.streamOfArgs, -1) : saidStream;
    if (stream < 0 && onDevice) {
      const tid = this.builder.tidOf(track);
      if (typeof tid === "number") stream = tid;
    }
    columns.track.push(track);
    columns.start.push(start);
    columns.duration.push(duration);
    columns.form.push(form);
    columns.role.push(role);
    columns.name.push(name);
    columns.category.push(category);
    columns.correlation.push(Number.isNaN(saidCorrelation) ? values.number(scanner.correlation, -1) : saidCorrelation);
    columns.bytes.push(values.number(scanner.byteCount, Number.NaN));
    columns.direction.push(role === copy || role === call ? this.directionOf(name) : 0);
    columns.stream.push(stream);
    columns.argumentsAt.push(values.argumentsAt);
    if (!scanner.name.isThere) values.note("an event without a name");
    // A span belongs to its id, and needs no thread.
    if (!scanner.pid.isThere || (!scanner.tid.isThere && trackOfSpan === undefined)) {
      values.note("an event that names no process or no thread, for which 0 stands");
    }
    return columns.track.length - 1;
  }

  /** The role that stands in the event, where warplab wrote the file; -1 where there is none. */
  private roleSaid(): number {
    const { role } = this.values.scanner;
    return role.isThere ? eventRoles.indexOf(this.values.text(role) as EventRole) : -1;
  }

  private directionOf(name: number): number {
    const { values } = this;
    const { direction } = values.scanner;
    const said = direction.isThere ? values.directionOfText(values.textNumber(direction)) : 0;
    return said > 0 ? said : values.directionOfText(name);
  }

  /** Fields that have a meaning in other kinds of events, or in lines of driver calls. */
  private setAsideRest(): void {
    const { scanner } = this.values;
    if (scanner.id.isThere) scanner.setAside(scanner.id);
    if (scanner.corr.isThere) scanner.setAside(scanner.corr);
    if (scanner.stream.isThere) scanner.setAside(scanner.stream);
    if (scanner.role.isThere) scanner.setAside(scanner.role);
  }

  private roleOfEvent(category: number, name: number, onStream: boolean): number {
    const role = this.roleOf(category, name, onStream);
    return role === other ? this.roleByArguments(category) : role;
  }

  private roleOf(category: number, name: number, onStream: boolean): number {
    const { texts } = this.builder;
    if (this.asked[category] === undefined) {
      const isPytorch = isCategoryOfPytorch(texts.text(category));
      this.asked[category] = isPytorch ? 2 : 1;
      if (isPytorch) this.fromPytorch = true;
    }
    const key = (name * 2 ** 24 + category) * 2 + (onStream ? 1 : 0);
    const known = this.roles.get(key);
    if (known !== undefined) return known;
    const role = roleNumber[eventRoleOf(texts.text(category), texts.text(name), onStream)];
    this.roles.set(key, role);
    return role;
  }

  /** Copies of driver calls say among the arguments what a program marked and what a hook saw. */
  private roleByArguments(category: number): number {
    const { range, hook } = this.values.scanner;
    if (this.builder.texts.text(category) !== "other") return other;
    return hook.isThere ? hookRole : range.isThere ? rangeRole : other;
  }

  private arrow(stage: FlowStage): void {
    const { values } = this;
    const { scanner } = values;
    const at = values.moment(scanner.ts);
    if (at === undefined) return;
    if (!scanner.id.isThere) {
      values.note("an arrow without an id");
      return;
    }
    const name = values.textNumber(scanner.name);
    this.arrows.add(stage, name, values.textNumber(scanner.cat), values.name(scanner.id), this.names.track(), at);
  }

  private counter(): void {
    const { values, builder } = this;
    const { scanner } = values;
    const at = values.moment(scanner.ts);
    if (at === undefined) return;
    const { args, id } = scanner;
    const series = args.isThere ? values.json(args.from, args.to) : undefined;
    if (typeof series !== "object" || series === null) {
      values.note("a counter without values");
      return;
    }
    const process = this.names.process();
    const name = id.isThere ? `${values.text(scanner.name)} ${values.text(id)}` : values.text(scanner.name);
    const entries = Object.entries(series);
    for (const [key, value] of entries) {
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      if (typeof number !== "number" || !Number.isFinite(number)) {
        values.note("a value of a counter that is no finite number", `${key}: ${JSON.stringify(value)}`);
        continue;
      }
      builder.counter(
        process,
        entries.length === 1 && (key === "value" || key === name) ? name : `${name} ${key}`,
        at,
        number,
      );
    }
  }

  private metadata(): void {
    const { values, about } = this;
    const { args } = values.scanner;
    const said = args.isThere ? values.json(args.from, args.to) : {};
    const name = values.text(values.scanner.name);
    const facts = typeof said === "object" && said !== null ? (said as Record<string, unknown>) : { value: said };
    if (!this.names.take(name, facts)) about[name] = facts;
  }

  private spanBegin(): void {
    const start = this.values.moment(this.values.scanner.ts);
    if (start !== undefined) this.spans.begin(this.group(), start, this.spanRow(start, unfinished));
  }

  private spanEnd(): void {
    const { values } = this;
    const moment = values.moment(values.scanner.ts);
    if (moment === undefined) return;
    const group = this.group();
    values.keepArguments();
    const name = values.textNumber(values.scanner.name);
    this.spans.end(group, moment, name, values.argumentsAt);
  }

  private spanInstant(): void {
    const at = this.values.moment(this.values.scanner.ts);
    if (at !== undefined) this.spans.instant(this.group(), at, this.spanRow(at, instant));
  }

  /** -1 - its process stands in the place of its track until all are known. */
  private spanRow(start: number, form: number): number {
    const { id } = this.values.scanner;
    const recorded = id.isThere ? this.names.recordedTrack(this.values.name(id)) : undefined;
    // In what warplab wrote the id is the number of the track.
    if (recorded !== undefined) id.to = 0;
    return this.row(start, 0, form, recorded ?? -1 - this.names.process());
  }

  private spanTrack(row: number, process: number, name: number): number {
    const { builder } = this;
    const { texts, columns } = builder;
    const category = texts.text(columns.category.at(row));
    const called = texts.text(name);
    return builder.track(process, `${category}:${called}`, { name: called, kind: "async" });
  }

  /** The spans of one category and id belong together; an id that is local belongs to its process. */
  private group(): number {
    const { values } = this;
    const { scanner } = values;
    const id = scanner.id.isThere ? values.text(scanner.id) : this.secondId();
    if (id === "") values.note("a span without an id");
    const scope = scanner.scope.isThere ? values.text(scanner.scope) : "";
    const key = `${values.textNumber(scanner.cat)} ${scope} ${id}`;
    let group = this.groups.get(key);
    if (group === undefined) {
      group = this.groups.size;
      this.groups.set(key, group);
    }
    return group;
  }

  /** The newer spelling of an id, which says how far it holds. */
  private secondId(): string {
    const { values } = this;
    const id = values.otherMember("id2");
    if (typeof id !== "object" || id === null) return "";
    const { local, global } = id as { readonly local?: unknown; readonly global?: unknown };
    return local === undefined ? String(global ?? "") : `${values.text(values.scanner.pid)} ${String(local)}`;
  }

  private other(kind: string): void {
    const meaning = otherKinds.get(kind);
    this.values.note(
      meaning === undefined
        ? `an event of an unknown kind, ${JSON.stringify(kind)}`
        : `an event that has no place on a timeline: ${meaning}`,
    );
  }
}

const { slice, instant, unfinished } = formNumber;
const { copy, call, other, hook: hookRole, range: rangeRole } = roleNumber;
const deviceRoles = eventRoles.map((role: EventRole) => isDeviceRole(role));

function byByte(kinds: Readonly<Record<string, () => void>>): (() => void)[] {
  const table: (() => void)[] = [];
  for (const [letter, add] of Object.entries(kinds)) table[letter.charCodeAt(0)] = add;
  return table;
}

/** Kinds of the format that are no moments or spans of anything on a row. */
const otherKinds: ReadonlyMap<string, string> = new Map([
  ["P", "a sample"],
  ["N", "an object that was made"],
  ["O", "a snapshot of an object"],
  ["D", "an object that was deleted"],
  ["V", "a memory dump"],
  ["v", "a memory dump"],
  ["c", "a mark for clocks"],
  ["(", "a context that begins"],
  [")", "a context that ends"],
  ["=", "a link of ids"],
]);

// What the values of an event are, which a scanner has found as bytes: numbers, texts, moments, tracks, arguments; and how they come onto the
// timeline. Knows the fields that Chrome traces and lines of driver calls share, and not what each format means by them.
import { copyDirections, type TimelineBuilder } from "../timeline/index.js";
import { copyDirectionOf } from "./copy-direction.js";
import { EventScanner, type Slot } from "./event-scanner.js";
import { ExactTime } from "./exact-time.js";
import { JsonMembers } from "./json-members.js";
import { soundJson } from "./sound-json.js";
import { TimeBase } from "./time-base.js";

export class EventValues {
  readonly scanner: EventScanner = new EventScanner();
  readonly times: TimeBase = new TimeBase();
  private readonly time = new ExactTime();
  private readonly decoder = new TextDecoder();
  private readonly directions: number[] = [];
  private readonly members = new JsonMembers();

  constructor(
    readonly builder: TimelineBuilder,
    /** Times are in units of 10^scale nanoseconds. */
    private readonly scale: number,
    /** Where the scanner is: `line 17`. */
    private readonly where: () => string,
  ) {}

  note(what: string, detail = ""): void {
    this.builder.note(what, detail === "" ? this.where() : `${this.where()}: ${detail}`);
  }

  /** A moment in nanoseconds since the base; undefined, with a note, where there is none that can be used. */
  moment(slot: Slot): number | undefined {
    const { times, time } = this;
    if (!slot.isThere) {
      this.note("an event without a time");
      return undefined;
    }
    if (!time.read(this.scanner.bytes, slot.from, slot.to, this.scale)) {
      this.note("an event whose time is no number", this.raw(slot));
      return undefined;
    }
    if (time.rounded) this.note("a time that was rounded to the nanosecond");
    const since = times.since(time);
    if (since !== undefined) return since;
    if (time.seconds === 0 && time.nanoseconds === 0) {
      this.note("an event at time 0, far from the others, which stands where the recording begins");
      return 0;
    }
    if (times.isNearZero) {
      this.note("a time far from those before it, which were near 0 and stand where the recording begins");
      times.moveTo(time);
      return 0;
    }
    this.note("an event more than 104 days from the first", this.raw(slot));
    return undefined;
  }

  /** A span in nanoseconds; undefined, with a note, where there is none that can be used. */
  span(slot: Slot): number | undefined {
    const { time } = this;
    if (!time.read(this.scanner.bytes, slot.from, slot.to, this.scale)) {
      this.note("an event whose duration is no number", this.raw(slot));
      return undefined;
    }
    if (time.rounded) this.note("a time that was rounded to the nanosecond");
    const { value } = time;
    if (value >= 0 && value <= Number.MAX_SAFE_INTEGER) return value;
    this.note(value < 0 ? "an event whose duration is negative" : "an event longer than 104 days", this.raw(slot));
    return undefined;
  }

  /** The moment of nanoseconds in the arguments, whatever the unit of the event's own time is. */
  momentOfNanoseconds(slot: Slot): number | undefined {
    if (!this.time.read(this.scanner.bytes, slot.from, slot.to, 0)) return undefined;
    return this.times.since(this.time);
  }

  /** A number, with or without quotes; `absent` for anything else. */
  number(slot: Slot, absent: number): number {
    if (!slot.isThere) return absent;
    const { bytes } = this.scanner;
    let { from, to } = slot;
    if (bytes[from] === 0x22) {
      from++;
      to--;
    }
    const negative = bytes[from] === 0x2d;
    let at = negative ? from + 1 : from;
    let value = 0;
    const digits = at;
    while (at < to && bytes[at] >= 0x30 && bytes[at] <= 0x39) value = value * 10 + (bytes[at++] - 0x30);
    if (at === to && at > digits && at - digits <= 15) return negative ? -value : value;
    const text = this.decoder.decode(bytes.subarray(from, to)).trim();
    const number = text === "" ? Number.NaN : Number(text);
    return Number.isFinite(number) ? number : absent;
  }

  /** What a process or a thread is called: a number where it is one. */
  name(slot: Slot): number | string {
    const { bytes } = this.scanner;
    const number = bytes[slot.from] === 0x22 ? Number.NaN : this.number(slot, Number.NaN);
    return Number.isSafeInteger(number) ? number : this.text(slot);
  }

  /** The number of a text among the timeline's texts; 0 where there is none. */
  textNumber(slot: Slot): number {
    if (!slot.isThere) return 0;
    const { bytes, hasEscapes } = this.scanner;
    const { texts } = this.builder;
    if (bytes[slot.from] !== 0x22) return texts.of(this.raw(slot));
    return texts.ofBytes(bytes, slot.from + 1, slot.to - 1, hasEscapes ? this.unescaped : undefined);
  }

  private readonly unescaped = (bytes: Uint8Array): string => {
    const text = this.decoder.decode(bytes);
    return text.includes("\\") ? (parsed(`"${text}"`) as string) : text;
  };

  /** A value as text: what a string says, and how anything else is written. */
  text(slot: Slot): string {
    if (!slot.isThere) return "";
    const { bytes } = this.scanner;
    if (bytes[slot.from] !== 0x22) return this.raw(slot);
    return this.unescaped(bytes.subarray(slot.from + 1, slot.to - 1));
  }

  /** A value as it is written. */
  raw(slot: Slot): string {
    return this.written(slot.from, slot.to);
  }

  written(from: number, to: number): string {
    return this.decoder.decode(this.scanner.bytes.subarray(from, to));
  }

  /** A value of the event as JSON. */
  json(from: number, to: number): unknown {
    return parsed(this.written(from, to));
  }

  /** What the event's member of a name that has no slot says; undefined where there is none. */
  otherMember(name: string): unknown {
    const { others } = this.scanner;
    for (let index = 0; index < others.length; index += 2) {
      const text = this.decoder.decode(this.scanner.bytes.subarray(others[index], others[index + 1]));
      if (text.startsWith(`"${name}"`)) return (parsed(`{${text}}`) as Record<string, unknown>)[name];
    }
    return undefined;
  }

  /** Index into `copyDirections` of what the text with a number says. */
  directionOfText(number: number): number {
    const known = this.directions[number];
    if (known !== undefined) return known;
    const direction = copyDirections.indexOf(copyDirectionOf(this.builder.texts.text(number)));
    this.directions[number] = direction;
    return direction;
  }

  /** The track of a process and a thread; those that are called the same as the last ones are not looked up again. */
  track(): number {
    const { pid, tid } = this.scanner;
    const process = pid.isThere ? this.name(pid) : 0;
    const thread = tid.isThere ? this.name(tid) : 0;
    if (process === this.lastProcess && thread === this.lastThread) return this.lastTrack;
    this.lastProcess = process;
    this.lastThread = thread;
    this.lastTrack = this.builder.track(this.builder.process(process), thread);
    return this.lastTrack;
  }

  private lastProcess: number | string | undefined;
  private lastThread: number | string | undefined;
  private lastTrack = -1;

  /**
   * Keeps the arguments as text, and beside them, under their own names, the event's members that have no place elsewhere. Sets
   * `argumentsAt`, which is 0 where there is nothing.
   */
  keepArguments(): void {
    const { scanner } = this;
    const { args, others, bytes } = scanner;
    this.argumentsAt = 0;
    const isObject = args.isThere && bytes[args.from] === 0x7b;
    if (isObject && others.length === 0 && !scanner.unsoundMembers) {
      // {} says nothing.
      if (args.to - args.from <= 2) return;
      this.argumentsAt = this.builder.argumentTexts.add(bytes, args.from, args.to);
      return;
    }
    if (!args.isThere && others.length === 0) return;
    const members = this.members;
    members.clear();
    if (isObject && !isBlank(bytes, args.from + 1, args.to - 1)) members.add(bytes, args.from + 1, args.to - 1);
    if (args.isThere && !isObject) members.add(bytes, args.nameFrom, args.to);
    for (let index = 0; index < others.length; index += 2) members.add(bytes, others[index], others[index + 1]);
    const object = members.object();
    if (scanner.unsoundMembers) {
      this.argumentsAt = this.builder.argumentTexts.addText(soundJson(this.decoder.decode(object)));
      return;
    }
    if (object.length <= 2) return;
    this.argumentsAt = this.builder.argumentTexts.add(object, 0, object.length);
  }

  argumentsAt = 0;

  /** Adds kept arguments to those of an event; where both say something the added ones count. */
  addArguments(row: number, at: number): void {
    const { argumentsAt } = this.builder.columns;
    argumentsAt.set(row, this.joined(argumentsAt.at(row), at));
  }

  private joined(own: number, added: number): number {
    if (own === 0 || added === 0) return Math.max(own, added);
    const { argumentTexts } = this.builder;
    const first = argumentTexts.text(own).trimEnd();
    const second = argumentTexts.text(added).trimStart();
    return argumentTexts.addText(`${first.slice(0, -1)},${second.slice(1)}`);
  }
}

/** What JSON says; where the scanner passed it and it is none, mended. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return JSON.parse(soundJson(text));
  }
}

function isBlank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] > 0x20) return false;
  return true;
}

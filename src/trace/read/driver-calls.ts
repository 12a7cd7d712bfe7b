// Reads driver calls as JSON lines onto a timeline: each call on its thread, what the device did for it on a stream of the device, and
// what the program marked. The form is that of `DriverCall`. Knows nothing of who recorded them.
import { InputError } from "../../core/errors.js";
import { type DriverCall, type DriverTraceHeader, driverCallCategory } from "../driver-call.js";
import { copyDirections, formNumber, roleNumber, type Timeline, TimelineBuilder } from "../timeline/index.js";
import { BeginEndPairs } from "./begin-end-pairs.js";
import { ByteWindow, usualBlock } from "./byte-window.js";
import { EventValues } from "./event-values.js";
import type { TraceReader } from "./trace-reader.js";

/** The timeline of calls that are in memory, as if they had been written and read. `name` is what messages call it. */
export function timelineOfCalls(header: DriverTraceHeader, calls: Iterable<DriverCall>, name: string): Timeline {
  const reader = new DriverCallReader(name);
  const encoder = new TextEncoder();
  let text = `${JSON.stringify(header)}\n`;
  for (const call of calls) {
    text += `${JSON.stringify(call)}\n`;
    if (text.length < pieceLength) continue;
    reader.push(encoder.encode(text));
    text = "";
  }
  reader.push(encoder.encode(text));
  return reader.finish();
}

const pieceLength = 1 << 16;

export class DriverCallReader implements TraceReader {
  private readonly builder = new TimelineBuilder();
  private readonly window: ByteWindow;
  private readonly values = new EventValues(this.builder, 0, () => `line ${this.line}`);
  private readonly pairs = new BeginEndPairs(this.builder);
  /** Calls that have begun, by their id. */
  private readonly open = new Map<number, number>();
  private readonly devices = new Map<number, Map<number, Map<number, number>>>();
  private readonly about: Record<string, unknown> = {};
  private header: Record<string, unknown> | undefined;
  private line = 0;
  /** By number of the category's or name's text. */
  private readonly roles: number[] = [];
  private readonly categories: number[] = [];
  private readonly copyNames = copyDirections.map((direction) =>
    direction === "" ? "Memcpy" : `Memcpy ${short[direction]}`,
  );

  /** `block` is how many bytes are read at once: what lies across their borders is whole all the same. */
  constructor(
    private readonly name: string,
    block: number = usualBlock,
  ) {
    this.window = new ByteWindow(block);
  }

  push(piece: Uint8Array): void {
    this.window.append(piece, this.readLines);
  }

  finish(): Timeline {
    this.window.advance(this.readLines);
    const { window } = this;
    if (window.start < window.end) this.readLine(window.start, window.end);
    this.pairs.close({ ended: (row, at) => this.values.addArguments(row, at) });
    const { builder, header, about } = this;
    for (const row of this.open.values())
      builder.note("a call whose end was not recorded", builder.texts.text(builder.columns.name.at(row)));
    if (builder.length === 0) throw this.nothingRead();
    if (header === undefined) builder.note("no header: the device and the clock are not known", "line 1");
    const lost = header?.["lost"];
    if (typeof lost === "number" && lost > 0)
      builder.note("a beginning or an end of a call that the recorder lost", "by its own count", lost);
    const word = (key: string): string | undefined => (typeof header?.[key] === "string" ? header[key] : undefined);
    const source = word("source");
    return builder.build(
      {
        name: this.name,
        format: "driver-calls",
        device: word("device"),
        host: word("host"),
        clock: word("clock"),
        simulated: source === undefined ? undefined : source === "simulated",
      },
      { origin: this.values.times.base.exact, about: { ...header, ...about } },
    );
  }

  private nothingRead(): InputError {
    const [note] = this.builder.noted();
    return new InputError(
      `there is no driver call in it${note === undefined ? "" : `: ${note.what} (${note.first})`}`,
      {
        where: this.name,
        fix: "A file of driver calls has one JSON object a line; `warplab trace --schema` prints what is in it.",
      },
    );
  }

  private readonly readLines = (): number => this.window.eachLine((from, to) => this.readLine(from, to));

  private readLine(from: number, to: number): void {
    this.line++;
    const { scanner } = this.values;
    const { bytes } = this.window;
    scanner.bytes = bytes;
    scanner.at = from;
    scanner.end = to;
    // What editors of Windows put before a file's first character.
    if (this.line === 1 && bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf)
      scanner.at += 3;
    if (!scanner.skipSpace()) return;
    if (!scanner.event() || scanner.skipSpace()) {
      this.values.note("a line that is no JSON object", excerpt(bytes, from, to));
      return;
    }
    if (scanner.name.isThere) this.readCall();
    else this.readHeader(from, to);
  }

  private readHeader(from: number, to: number): void {
    const object = this.values.json(from, to) as Record<string, unknown>;
    const format = object["format"];
    if (typeof format !== "string" || !format.startsWith("warplab-trace")) {
      this.values.note("a line without a name", excerpt(this.window.bytes, from, to));
      return;
    }
    if (format !== "warplab-trace" || this.header !== undefined) {
      // What is known only in the end: how much was lost, what the recording cost.
      Object.assign(this.about, Object.fromEntries(Object.entries(object).filter(([key]) => key !== "format")));
      return;
    }
    if (object["version"] !== 1) {
      throw new InputError(`version ${JSON.stringify(object["version"])} of driver calls is not known`, {
        where: `${this.name}, line ${this.line}`,
        fix: "This warplab reads version 1; a newer one may read it.",
      });
    }
    this.header = object;
  }

  private readCall(): void {
    const { values, builder } = this;
    const { scanner } = values;
    const start = values.moment(scanner.ts);
    if (start === undefined) return;
    const phase = scanner.ph.isThere ? scanner.bytes[scanner.ph.from + 1] : scanner.dur.isThere ? 0x58 : 0;
    const id = values.number(scanner.id, -1);
    scanner.setAside(scanner.role);
    values.keepArguments();
    if (phase === 0x45 && this.end(start, id)) return;
    if (phase !== 0x58 && phase !== 0x42 && phase !== 0x69 && phase !== 0x49 && phase !== 0x45) {
      values.note("a line of an unknown kind", values.raw(scanner.ph));
      return;
    }
    const track = values.track();
    const name = values.textNumber(scanner.name);
    if (phase === 0x45) {
      this.pairs.end(track, start, name, values.argumentsAt);
      return;
    }
    const row = builder.length;
    this.add(track, start, name, phase);
    if (phase === 0x58) this.addDeviceWork(row, id);
    else if (phase === 0x42) {
      if (id < 0) this.pairs.begin(track, start, row);
      else if (this.open.has(id)) values.note("two calls with one id", String(id));
      if (id >= 0) this.open.set(id, row);
      if (scanner.gpuStart.isThere) this.addDeviceWork(row, id);
    }
  }

  private add(track: number, start: number, name: number, phase: number): void {
    const { values, builder } = this;
    const { scanner } = values;
    const { columns } = builder;
    const category = this.categoryOf(name);
    const duration = phase === 0x58 ? values.span(scanner.dur) : undefined;
    columns.track.push(track);
    columns.start.push(start);
    columns.duration.push(duration ?? 0);
    columns.form.push(
      phase === 0x58 && duration !== undefined ? slice : phase === 0x58 || phase === 0x42 ? unfinished : instant,
    );
    columns.role.push(scanner.hook.isThere ? hook : scanner.range.isThere ? range : call);
    columns.name.push(name);
    columns.category.push(category);
    columns.correlation.push(values.number(scanner.corr, -1));
    columns.bytes.push(values.number(scanner.byteCount, Number.NaN));
    columns.direction.push(this.directionOf(name));
    columns.stream.push(values.number(scanner.stream, -1));
    columns.argumentsAt.push(values.argumentsAt);
  }

  /** Ends a call by its id. False where none with it has begun. */
  private end(moment: number, id: number): boolean {
    const row = this.open.get(id);
    if (row === undefined) {
      if (id < 0) return false;
      this.values.note("an end without a beginning", `id ${id}`);
      return true;
    }
    this.open.delete(id);
    const { values, builder } = this;
    const { scanner } = values;
    const { columns } = builder;
    const duration = moment - columns.start.at(row);
    if (duration < 0) values.note("an end before its beginning", `id ${id}`);
    columns.duration.set(row, Math.max(0, duration));
    columns.form.set(row, slice);
    values.addArguments(row, values.argumentsAt);
    if (scanner.byteCount.isThere) columns.bytes.set(row, values.number(scanner.byteCount, Number.NaN));
    if (scanner.corr.isThere) columns.correlation.set(row, values.number(scanner.corr, -1));
    if (scanner.stream.isThere) columns.stream.set(row, values.number(scanner.stream, -1));
    if (scanner.direction.isThere) columns.direction.set(row, this.directionOf(columns.name.at(row)));
    if (scanner.gpuStart.isThere) this.addDeviceWork(row, id);
    return true;
  }

  /** What the device did for a call, where the line says when. */
  private addDeviceWork(row: number, id: number): void {
    const { values, builder } = this;
    const { gpuStart, gpuEnd, kernel, device: deviceSlot } = values.scanner;
    if (!gpuStart.isThere && !gpuEnd.isThere) return;
    const start = values.momentOfNanoseconds(gpuStart);
    const end = values.momentOfNanoseconds(gpuEnd);
    if (start === undefined || end === undefined || end < start) {
      values.note("work of the device without a start and an end after it");
      return;
    }
    const { columns, texts } = builder;
    const role = this.deviceRole(columns.category.at(row), columns.name.at(row));
    const direction = columns.direction.at(row);
    const stream = Math.max(0, columns.stream.at(row));
    const device = values.number(deviceSlot, 0);
    let correlation = columns.correlation.at(row);
    if (correlation < 0 && id >= 0) {
      // Where a recorder has no numbers of its own for work, the call's number joins the two.
      correlation = id;
      columns.correlation.set(row, id);
    }
    const name =
      role === kernelRole && kernel.isThere
        ? values.textNumber(kernel)
        : role === copyRole
          ? texts.of(this.copyNames[direction])
          : role === memsetRole
            ? texts.of("Memset")
            : columns.name.at(row);
    columns.track.push(this.streamTrack(device, stream, columns.track.at(row)));
    columns.start.push(start);
    columns.duration.push(end - start);
    columns.form.push(slice);
    columns.role.push(role);
    columns.name.push(name);
    columns.category.push(columns.category.at(row));
    columns.correlation.push(correlation);
    columns.bytes.push(columns.bytes.at(row));
    columns.direction.push(direction);
    columns.stream.push(stream);
    columns.argumentsAt.push(columns.argumentsAt.at(row));
  }

  /** A stream belongs to a process: two processes that use one device have a stream 0 each. */
  private streamTrack(device: number, stream: number, callTrack: number): number {
    const { builder, devices } = this;
    const host = builder.processOf(callTrack);
    let ofDevice = devices.get(device);
    if (ofDevice === undefined) {
      ofDevice = new Map();
      devices.set(device, ofDevice);
    }
    let ofHost = ofDevice.get(host);
    if (ofHost === undefined) {
      ofHost = new Map();
      ofDevice.set(host, ofHost);
    }
    let track = ofHost.get(stream);
    if (track === undefined) {
      const recorded = this.header?.["device"];
      const name = typeof recorded === "string" ? `${recorded} (device ${device})` : `device ${device}`;
      const process = builder.process(`device ${device}`, { name, device });
      const isFirst = ofDevice.size === 1;
      const pid = builder.pidOf(host);
      const words = stream === 0 ? "default stream" : `stream ${stream}`;
      track = builder.track(process, isFirst ? stream : `${stream} of ${pid}`, {
        name: isFirst ? words : `${words} of process ${pid}`,
        kind: "stream",
      });
      ofHost.set(stream, track);
    }
    return track;
  }

  /** The number of the category's text: the recorded one, or what the name says where none is recorded. */
  private categoryOf(name: number): number {
    const { values, builder } = this;
    const { cat } = values.scanner;
    if (cat.isThere) return values.textNumber(cat);
    const known = this.categories[name];
    if (known !== undefined) return known;
    const category = builder.texts.of(driverCallCategory(builder.texts.text(name)));
    this.categories[name] = category;
    return category;
  }

  private directionOf(name: number): number {
    const { values } = this;
    const { direction } = values.scanner;
    if (direction.isThere) {
      const said = values.directionOfText(values.textNumber(direction));
      if (said > 0) return said;
    }
    return values.directionOfText(name);
  }

  private deviceRole(category: number, name: number): number {
    const known = this.roles[name];
    if (known !== undefined) return known;
    const { texts } = this.builder;
    const called = texts.text(name);
    // By the name, as for calls; the recorded category says it of names that are not known.
    const byName = driverCallCategory(called);
    const about = byName === "other" ? texts.text(category) : byName;
    const role = /memset/i.test(called)
      ? memsetRole
      : about === "transfer"
        ? copyRole
        : about === "kernel"
          ? kernelRole
          : roleNumber.other;
    this.roles[name] = role;
    return role;
  }
}

const short: Readonly<Record<string, string>> = {
  "host to device": "HtoD",
  "device to host": "DtoH",
  "device to device": "DtoD",
  "peer to peer": "PtoP",
  "host to host": "HtoH",
};

const { slice, instant, unfinished } = formNumber;
const { call, hook, range, kernel: kernelRole, copy: copyRole, memset: memsetRole } = roleNumber;

/** The beginning of a line, for a note. */
function excerpt(bytes: Uint8Array, from: number, to: number): string {
  const text = new TextDecoder().decode(bytes.subarray(from, Math.min(to, from + 80)));
  return to - from > 80 ? `${text}...` : text;
}

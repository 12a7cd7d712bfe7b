// A timeline as bytes and back, for whoever draws it elsewhere: a widget's state, a saved page. All events are in it; their arguments
// up to a limit, and how many stay behind is said. Compressing is the host's. Knows no widget.
import {
  ArgumentTexts,
  type EventColumns,
  type FlowColumns,
  type ReadingNote,
  Timeline,
  type TimelineProcess,
  type TimelineSource,
  type TimelineTrack,
} from "../../trace/timeline/index.js";
import { VarintReader, VarintWriter } from "./varints.js";

/** What precedes the columns, as JSON. */
interface Head {
  readonly version: 1;
  readonly source: TimelineSource;
  /** As decimal text, since it may be beyond 2^53. */
  readonly origin: string;
  readonly processes: readonly TimelineProcess[];
  readonly tracks: readonly TimelineTrack[];
  readonly texts: readonly string[];
  readonly counters: readonly { readonly process: number; readonly name: string; readonly length: number }[];
  readonly about: Readonly<Record<string, unknown>>;
  readonly notes: readonly ReadingNote[];
  readonly events: number;
  readonly flows: number;
}

export interface PackOptions {
  /** The most bytes of arguments' JSON that go along, those of the first events; 24 MB unless given. */
  readonly argumentBytes?: number;
}

export interface PackedTimelineBytes {
  readonly bytes: Uint8Array;
  /** Events whose arguments stayed behind. */
  readonly withoutArguments: number;
}

/** Some 100 bytes for each of a quarter of a million events: what a page takes without a thought. */
const usualArgumentBytes = 24_000_000;

/** A timeline as bytes. `unpackTimeline` gives the same timeline, but for the arguments beyond the limit. */
export function packTimeline(
  timeline: Timeline,
  { argumentBytes = usualArgumentBytes }: PackOptions = {},
): PackedTimelineBytes {
  const { events, flows, counters } = timeline;
  const head: Head = {
    version: 1,
    source: timeline.source,
    origin: String(timeline.origin),
    processes: timeline.processes,
    tracks: timeline.tracks,
    texts: timeline.texts,
    counters: counters.map(({ process, name, at }) => ({ process, name, length: at.length })),
    about: timeline.about,
    notes: timeline.notes,
    events: events.length,
    flows: flows.length,
  };
  const writer = new VarintWriter();
  const json = new TextEncoder().encode(JSON.stringify(head));
  writer.unsigned(json.length);
  writer.raw(json);
  for (const name of plainColumns) writeNumbers(writer, events[name]);
  for (const name of wordColumns) writer.raw(events[name]);
  const withoutArguments = writeArguments(writer, timeline, argumentBytes);
  for (const name of flowColumns) writeNumbers(writer, flows[name]);
  for (const { at, value } of counters) {
    writeNumbers(writer, at);
    writeNumbers(writer, value);
  }
  return { bytes: writer.done(), withoutArguments };
}

/** The timeline that was packed. Throws RangeError, or SyntaxError of JSON, for bytes that are no packed timeline. */
export function unpackTimeline(bytes: Uint8Array): Timeline {
  const reader = new VarintReader(bytes);
  const head = JSON.parse(new TextDecoder().decode(reader.raw(reader.unsigned()))) as Head;
  if (head.version !== 1) throw new RangeError(`it is of version ${String(head.version)}, and this reads version 1`);
  const length = head.events;
  const float64 = (): Float64Array => readNumbers(reader, new Float64Array(length));
  const int32 = (): Int32Array => readNumbers(reader, new Int32Array(length));
  // In the order of `plainColumns`.
  const [start, duration] = [float64(), float64()];
  const [track, name, category] = [int32(), int32(), int32()];
  const [correlation, eventBytes] = [float64(), float64()];
  const stream = int32();
  const [form, role, direction] = wordColumns.map(() => reader.raw(length).slice());
  const { argumentTexts, argumentsAt } = readArguments(reader, length);
  const events: EventColumns = {
    ...{ length, track, start, duration, form, role, name, category, correlation, direction, stream },
    ...{ bytes: eventBytes, argumentsAt },
  };
  const arrows = <A extends Float64Array | Int32Array>(column: A): A => readNumbers(reader, column);
  const flows: FlowColumns = {
    length: head.flows,
    name: arrows(new Int32Array(head.flows)),
    category: arrows(new Int32Array(head.flows)),
    fromTrack: arrows(new Int32Array(head.flows)),
    fromAt: arrows(new Float64Array(head.flows)),
    toTrack: arrows(new Int32Array(head.flows)),
    toAt: arrows(new Float64Array(head.flows)),
  };
  const counters = head.counters.map(({ process, name, length }) => ({
    process,
    name,
    at: readNumbers(reader, new Float64Array(length)),
    value: readNumbers(reader, new Float64Array(length)),
  }));
  const { source, processes, tracks, texts, about, notes } = head;
  return new Timeline({
    ...{ source, texts, about, notes, events, argumentTexts, counters, flows },
    origin: BigInt(head.origin),
    // JSON leaves out what is undefined, and the properties are to be there.
    processes: processes.map((process) => ({ ...process, order: process.order, device: process.device })),
    tracks: tracks.map((track) => ({ ...track, order: track.order })),
  });
}

const plainColumns = ["start", "duration", "track", "name", "category", "correlation", "bytes", "stream"] as const;
const wordColumns = ["form", "role", "direction"] as const;
const flowColumns = ["name", "category", "fromTrack", "fromAt", "toTrack", "toAt"] as const;

/** How a column of numbers stands there: as differences in zigzag order, in which 0 is left for "no number"; else as they are. */
const forms = { differences: 0, doubles: 1 } as const;
/** Twice the difference of two such numbers is exact. */
const largest = 2 ** 50;

function writeNumbers(writer: VarintWriter, values: Float64Array | Int32Array): void {
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (Number.isNaN(value) || (Number.isInteger(value) && Math.abs(value) < largest && !Object.is(value, -0)))
      continue;
    const doubles = Float64Array.from(values);
    writer.unsigned(forms.doubles);
    writer.raw(new Uint8Array(doubles.buffer));
    return;
  }
  writer.unsigned(forms.differences);
  let last = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (Number.isNaN(value)) {
      writer.unsigned(0);
      continue;
    }
    const difference = value - last;
    writer.unsigned(difference < 0 ? -2 * difference : 2 * difference + 1);
    last = value;
  }
}

function readNumbers<A extends Float64Array | Int32Array>(reader: VarintReader, into: A): A {
  if (reader.unsigned() === forms.doubles) {
    // A copy, since the bytes need not lie where doubles may.
    into.set(new Float64Array(reader.raw(into.length * 8).slice().buffer));
    return into;
  }
  let last = 0;
  for (let index = 0; index < into.length; index++) {
    const code = reader.unsigned();
    if (code === 0) {
      into[index] = Number.NaN;
      continue;
    }
    last += code % 2 === 0 ? -code / 2 : (code - 1) / 2;
    into[index] = last;
  }
  return into;
}

/** Lengths, then texts. Returns how many events' arguments stayed behind. */
function writeArguments(writer: VarintWriter, { events, argumentTexts }: Timeline, most: number): number {
  const { argumentsAt } = events;
  const nothing = new Uint8Array(0);
  const bytesOf = (index: number): Uint8Array =>
    argumentsAt[index] === 0 ? nothing : argumentTexts.view(argumentsAt[index]);
  const lengths: number[] = [];
  let bytes = 0;
  for (let index = 0; index < events.length; index++) {
    const { length } = bytesOf(index);
    if (bytes + length > most) break;
    bytes += length;
    lengths.push(length);
  }
  const kept = lengths.length;
  writer.unsigned(kept);
  for (const length of lengths) writer.unsigned(length);
  for (let index = 0; index < kept; index++) writer.raw(bytesOf(index));
  let behind = 0;
  for (let index = kept; index < events.length; index++) if (argumentsAt[index] > 0) behind++;
  return behind;
}

function readArguments(
  reader: VarintReader,
  events: number,
): Pick<EventColumns, "argumentsAt"> & { readonly argumentTexts: ArgumentTexts } {
  const argumentTexts = new ArgumentTexts();
  const argumentsAt = new Float64Array(events);
  const kept = reader.unsigned();
  if (kept > events) throw new RangeError(`it has arguments of ${kept} events and ${events} events`);
  const lengths = Array.from({ length: kept }, () => reader.unsigned());
  lengths.forEach((length, index) => {
    if (length > 0) argumentsAt[index] = argumentTexts.add(reader.raw(length), 0, length);
  });
  return { argumentTexts, argumentsAt };
}

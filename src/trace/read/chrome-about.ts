// What a Chrome trace says beside its events: PyTorch's devices and base of time, and, where warplab wrote it, what the timeline was of which it
// is a copy. Knows nothing of events.
import { type ReadingNote, type TimelineSource, type TraceFormat, traceFormats } from "../timeline/index.js";

export interface ChromeAbout {
  readonly source: Omit<TimelineSource, "name"> & { readonly name?: string };
  /** What the events' times count from, in nanoseconds of the clock. */
  readonly origin: bigint;
  readonly about: Readonly<Record<string, unknown>>;
  readonly notes: readonly ReadingNote[];
  /** Events whose end the recording did not have: they are no fault of the copy, and `notes` has what is to be said of them. */
  readonly unfinished: number;
}

type Facts = Readonly<Record<string, unknown>>;

/** `said` is by the names of the members beside `traceEvents`, `metadata` by those of metadata events about the whole. */
export function chromeAbout(said: Facts, metadata: Facts, fromPytorch: boolean): ChromeAbout {
  const written = said["otherData"];
  if (isFacts(written) && typeof written["origin_ns"] === "string") return copyOf(written);
  const base = wholeNumber(said["baseTimeNanoseconds"]);
  const isPytorch = fromPytorch || "deviceProperties" in said;
  return {
    source: {
      format: isPytorch ? "pytorch" : "chrome",
      device: devices(said["deviceProperties"]),
      clock: base === undefined ? undefined : "epoch",
      simulated: isPytorch ? false : undefined,
    },
    origin: base ?? 0n,
    about: { ...said, ...metadata },
    notes: [],
    unfinished: 0,
  };
}

function copyOf(written: Facts): ChromeAbout {
  const word = (key: string): string | undefined => (typeof written[key] === "string" ? written[key] : undefined);
  const format = Object.entries(traceFormats).find(([, title]) => title === written["format"])?.[0] as
    | TraceFormat
    | undefined;
  const name = word("source");
  return {
    source: {
      ...(name !== undefined && { name }),
      format: format ?? "chrome",
      device: word("device"),
      host: word("host"),
      clock: word("clock"),
      simulated: typeof written["simulated"] === "boolean" ? written["simulated"] : undefined,
    },
    origin: wholeNumber(written["origin_ns"]) ?? 0n,
    about: isFacts(written["about"]) ? written["about"] : {},
    notes: Array.isArray(written["notes"]) ? written["notes"].filter(isNote) : [],
    unfinished: Number.isSafeInteger(written["unfinished"]) ? Math.max(0, Number(written["unfinished"])) : 0,
  };
}

function isFacts(value: unknown): value is Facts {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNote(value: unknown): value is ReadingNote {
  return (
    isFacts(value) &&
    typeof value["what"] === "string" &&
    typeof value["first"] === "string" &&
    Number.isSafeInteger(value["count"])
  );
}

/** A whole number that may be beyond 2^53, when it is a text. */
function wholeNumber(value: unknown): bigint | undefined {
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
  return typeof value === "string" && /^-?\d{1,30}$/.test(value) ? BigInt(value) : undefined;
}

/** The names of the devices, each once. */
function devices(properties: unknown): string | undefined {
  if (!Array.isArray(properties)) return undefined;
  const names = properties
    .map((device) => (isFacts(device) ? device["name"] : undefined))
    .filter((name) => typeof name === "string");
  return names.length === 0 ? undefined : [...new Set(names)].join(", ");
}

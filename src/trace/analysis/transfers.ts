// Copies between host and devices: how much, how fast, and how much of it was hidden under kernels. Knows no format.
import { type CopyDirection, copyDirections, roleNumber, type Timeline } from "../timeline/index.js";
import type { CallCategories } from "./call-categories.js";
import type { CoveredTime } from "./covered-time.js";
import { coveredByKernels, type DeviceWork } from "./device-work.js";
import type { HostStacks } from "./host-stacks.js";
import { printedWhole } from "./printed-whole.js";

/** `unknown`: a copy of which the trace does not say which way it went. */
export type TransferKind = Exclude<CopyDirection, ""> | "memset" | "unknown";

const transferKinds: readonly TransferKind[] = [
  ...copyDirections.filter((direction) => direction !== ""),
  "memset",
  "unknown",
];

/** What is not known, since the trace has no times of the device, is undefined and never 0. */
export interface TransferStatistics {
  readonly kind: TransferKind;
  readonly count: number;
  /** Of those that say how many. */
  readonly bytes: number;
  /** How many do not say their bytes: they are in no bandwidth. */
  readonly without_bytes: number;
  /** On the device, added up. */
  readonly device_ns: number | undefined;
  /** Bytes over their time on the device: the mean weighted by time. */
  readonly bandwidth_bytes_per_s: number | undefined;
  /** Of the time on the device, how much a kernel of the same device ran beside it, as time and as a share of it. */
  readonly overlapped_ns: number | undefined;
  readonly overlap_share: number | undefined;
  /** In the calls that asked for them: the host's time, whether it waited or not. */
  readonly call_ns: number;
  /** How many went from or to memory of the host that is pageable or pinned; undefined where no copy says which. */
  readonly pageable: number | undefined;
  readonly pinned: number | undefined;
}

/** The transfers of one kind whose size is at least `from_bytes` and below `to_bytes`. */
export interface SizeClassStatistics {
  readonly kind: TransferKind;
  readonly from_bytes: number;
  readonly to_bytes: number;
  readonly count: number;
  readonly bytes: number;
  readonly device_ns: number | undefined;
  readonly bandwidth_bytes_per_s: number | undefined;
}

export interface TransferAnalysis {
  readonly device_times: "recorded" | "unknown";
  /** The longest first; copies in all directions, and memsets. */
  readonly by_kind: readonly TransferStatistics[];
  /** In order of kind and size; those that occur. */
  readonly by_size: readonly SizeClassStatistics[];
  /** Of all copies, without memsets. */
  readonly copies: Omit<TransferStatistics, "kind">;
}

/** Where the classes of sizes begin: what latency decides, what approaches the bandwidth, and what reaches it. */
const sizeClasses: readonly number[] = [0, 2 ** 12, 2 ** 16, 2 ** 20, 2 ** 24, 2 ** 28];

export function analyseTransfers(
  timeline: Timeline,
  work: DeviceWork,
  stacks: HostStacks,
  categories: CallCategories,
): TransferAnalysis {
  const { events } = timeline;
  /** Of the devices that copy: when their kernels ran. */
  const running: CoveredTime[] = [];
  const kinds = new Map<TransferKind, Tally[]>();
  const tallyOf = (kind: TransferKind, bytes: number): Tally => {
    let tallies = kinds.get(kind);
    if (tallies === undefined) {
      tallies = sizeClasses.map(() => new Tally());
      tallies.push(new Tally());
      kinds.set(kind, tallies);
    }
    // The last is for those whose size is not known.
    return tallies[Number.isNaN(bytes) ? sizeClasses.length : sizeClasses.findLastIndex((from) => bytes >= from)];
  };
  const hasWork = new Uint8Array(events.length);
  for (let number = 0; number < work.length; number++) {
    const index = work.event[number];
    if (events.role[index] === roleNumber.kernel) continue;
    const call = work.call[number];
    const bytes = bytesOf(events.bytes, index, call);
    const tally = tallyOf(kindOf(events, index, call), bytes);
    const start = events.start[index];
    const duration = events.duration[index];
    const device = work.deviceOfTrack[events.track[index]];
    running[device] ??= coveredByKernels(timeline, work, device);
    tally.device(bytes, duration);
    tally.overlapped += running[device].within(start, start + duration);
    if (call < 0 || hasWork[call] === 1) continue;
    tally.call += events.duration[call];
    hasWork[call] = 1;
  }
  const isRecorded = work.length > 0;
  if (!isRecorded) {
    for (const { kind, bytes, duration } of transferCalls(timeline, stacks, categories)) {
      tallyOf(kind, bytes).calls(bytes, duration);
    }
  }
  const memory = new HostMemory(timeline, work);
  const copies = [...kinds].filter(([kind]) => kind !== "memset").flatMap(([, tallies]) => tallies);
  return {
    device_times: isRecorded ? "recorded" : "unknown",
    by_kind: [...kinds]
      .map(([kind, tallies]) => memory.toldBy({ kind, ...statistics(sum(tallies), isRecorded) }, (of) => of === kind))
      .sort((a, b) => (b.device_ns ?? b.call_ns) - (a.device_ns ?? a.call_ns)),
    by_size: transferKinds.flatMap((kind) =>
      sizeClasses.flatMap((from, at) => {
        const { count, bytes, device_ns, bandwidth_bytes_per_s } = statistics(
          kinds.get(kind)?.[at] ?? new Tally(),
          isRecorded,
        );
        const to = sizeClasses[at + 1] ?? Number.POSITIVE_INFINITY;
        return count === 0
          ? []
          : [{ kind, from_bytes: from, to_bytes: to, count, bytes, device_ns, bandwidth_bytes_per_s }];
      }),
    ),
    copies: memory.toldBy(statistics(sum(copies), isRecorded), (kind) => kind !== "memset"),
  };
}

/** What is added up of some transfers. */
class Tally {
  count = 0;
  bytes = 0;
  unsized = 0;
  time = 0;
  /** Of those that say their bytes. */
  sizedTime = 0;
  overlapped = 0;
  call = 0;

  device(bytes: number, duration: number): void {
    this.count++;
    this.time += duration;
    if (Number.isNaN(bytes)) this.unsized++;
    else {
      this.bytes += bytes;
      this.sizedTime += duration;
    }
  }

  calls(bytes: number, duration: number): void {
    this.count++;
    this.call += duration;
    if (Number.isNaN(bytes)) this.unsized++;
    else this.bytes += bytes;
  }

  add(other: Tally): void {
    this.count += other.count;
    this.bytes += other.bytes;
    this.unsized += other.unsized;
    this.time += other.time;
    this.sizedTime += other.sizedTime;
    this.overlapped += other.overlapped;
    this.call += other.call;
  }
}

function sum(tallies: readonly Tally[]): Tally {
  const all = new Tally();
  for (const tally of tallies) all.add(tally);
  return all;
}

function statistics(tally: Tally, isRecorded: boolean): Omit<TransferStatistics, "kind" | "pageable" | "pinned"> {
  const { count, bytes, unsized, time, sizedTime, overlapped, call } = tally;
  return {
    count,
    bytes,
    without_bytes: unsized,
    device_ns: isRecorded ? time : undefined,
    bandwidth_bytes_per_s: sizedTime > 0 ? bytes / (sizedTime / 1e9) : undefined,
    overlapped_ns: isRecorded ? overlapped : undefined,
    overlap_share: time > 0 ? overlapped / time : undefined,
    call_ns: call,
  };
}

/** The calls that transfer: the runtime's and the driver's within it are one, and either may know what the other does not. */
function transferCalls(
  { events, texts }: Timeline,
  { parent }: HostStacks,
  categories: CallCategories,
): Iterable<{ readonly kind: TransferKind; readonly bytes: number; readonly duration: number }> {
  const isTransfer = (index: number): boolean =>
    events.role[index] === roleNumber.call && categories.of(index) === "transfer";
  const outermost = new Map<number, { kind: TransferKind; bytes: number; readonly duration: number }>();
  for (let index = 0; index < events.length; index++) {
    if (!isTransfer(index)) continue;
    let outer = index;
    for (let around = parent[index]; around >= 0; around = parent[around]) if (isTransfer(around)) outer = around;
    const kind = kindOf(events, index, index, texts[events.name[index]]);
    const known = outermost.get(outer);
    if (known === undefined) {
      outermost.set(outer, { kind, bytes: bytesOf(events.bytes, index, -1), duration: events.duration[index] });
    } else {
      if (Number.isNaN(known.bytes)) known.bytes = bytesOf(events.bytes, index, -1);
      if (known.kind === "unknown") known.kind = kind;
    }
  }
  return outermost.values();
}

/** A call may say what the work does not, and the other way round. NaN where it is not known: no copy has fewer than 0, whatever a file says. */
function bytesOf(bytes: Float64Array, index: number, call: number): number {
  const own = Number.isNaN(bytes[index]) && call >= 0 ? bytes[call] : bytes[index];
  return own < 0 ? Number.NaN : own;
}

function kindOf(events: Timeline["events"], index: number, call: number, callName = ""): TransferKind {
  if (events.role[index] === roleNumber.memset || /Memset/.test(callName)) return "memset";
  const direction = copyDirections[events.direction[index]] || (call < 0 ? "" : copyDirections[events.direction[call]]);
  return direction === "" ? "unknown" : direction;
}

/** Which memory of the host copies go from or to: asked of their names and their arguments only when somebody wants to know. */
class HostMemory {
  private counts: ReadonlyMap<TransferKind, { pageable: number; pinned: number }> | undefined;

  constructor(
    private readonly timeline: Timeline,
    private readonly work: DeviceWork,
  ) {}

  /** The same figures with those of the memory that the copies of some kinds use. */
  toldBy<T extends object>(
    figures: T,
    includes: (kind: TransferKind) => boolean,
  ): T & Pick<TransferStatistics, "pageable" | "pinned"> {
    const told = (memory: "pageable" | "pinned"): number | undefined => {
      this.counts ??= this.count();
      const own = [...this.counts].filter(([kind]) => includes(kind)).map(([, counts]) => counts);
      return own.length === 0 ? undefined : own.reduce((sum, counts) => sum + counts[memory], 0);
    };
    return printedWhole({
      ...figures,
      get pageable() {
        return told("pageable");
      },
      get pinned() {
        return told("pinned");
      },
    });
  }

  /** By kind, of those of which a copy says which it uses. */
  private count(): ReadonlyMap<TransferKind, { pageable: number; pinned: number }> {
    const { timeline, work } = this;
    const { events, texts } = timeline;
    const kindsOf = timeline.argumentReader("srcKind", "dstKind");
    /** By name: 1 more than the place in `hostMemories`; 0 where nobody asked. */
    const ofName = new Uint8Array(texts.length);
    const counts = new Map<TransferKind, { pageable: number; pinned: number }>();
    for (let number = 0; number < work.length; number++) {
      const index = work.event[number];
      if (events.role[index] === roleNumber.kernel) continue;
      const name = events.name[index];
      if (ofName[name] === 0) ofName[name] = 1 + hostMemories.indexOf(memoryIn(texts[name]));
      const memory = hostMemories[ofName[name] - 1] ?? memoryOf(kindsOf(index));
      if (memory === undefined) continue;
      const kind = kindOf(events, index, work.call[number]);
      const known = counts.get(kind) ?? { pageable: 0, pinned: 0 };
      counts.set(kind, known);
      known[memory]++;
    }
    return counts;
  }
}

const hostMemories = [undefined, "pageable", "pinned"] as const;

/** Profilers write the kinds of memory into the copy's name: `Memcpy HtoD (Pageable -> Device)`. */
function memoryIn(name: string): "pageable" | "pinned" | undefined {
  if (/pageable/i.test(name)) return "pageable";
  return /pinned/i.test(name) ? "pinned" : undefined;
}

/** Others write the two ends into the arguments, in words or as CUPTI numbers them: 0 pageable, 1 pinned. */
function memoryOf(said: Readonly<Record<string, unknown>> | undefined): "pageable" | "pinned" | undefined {
  for (const kind of [said?.["srcKind"], said?.["dstKind"]]) {
    if (kind === 0) return "pageable";
    if (kind === 1) return "pinned";
    const memory = typeof kind === "string" ? memoryIn(kind) : undefined;
    if (memory !== undefined) return memory;
  }
  return undefined;
}

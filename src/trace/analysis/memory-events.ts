// Allocations and frees in the order in which they took effect, from calls of the driver and from what a framework's allocator tells.
// Knows of recorders only the names by which they call an address, a device and a pool.
import { formNumber, roleNumber, type Timeline } from "../timeline/index.js";
import type { CallCategories } from "./call-categories.js";
import type { HostStacks } from "./host-stacks.js";

export interface MemoryEvent {
  readonly kind: "allocate" | "free";
  readonly source: "calls" | "allocator";
  /** Whose memory: `device 0`, `device` where nobody says which, `host, pinned`. */
  readonly space: string;
  /** When it took effect: an allocation at the end of its call, a free at the beginning, for only then the address is anybody's. */
  readonly at: number;
  readonly address: string | undefined;
  /** Of an allocation, or what a free says that it gave back. */
  readonly bytes: number | undefined;
  readonly label: string;
  readonly failed: boolean;
  /** What the allocator says that it holds after it, and has from the driver. */
  readonly total: number | undefined;
  readonly reserved: number | undefined;
}

export function memoryEvents(timeline: Timeline, stacks: HostStacks, categories: CallCategories): MemoryEvent[] {
  const { events } = timeline;
  let withInner: Uint8Array | undefined;
  const threads = timeline.tracks.filter(({ kind }) => kind === "thread");
  const hosts = new Set(threads.map(({ process }) => process)).size;
  const found: { readonly event: MemoryEvent; readonly index: number }[] = [];
  for (let index = 0; index < events.length; index++) {
    const role = events.role[index];
    if (role === roleNumber.allocation) found.push({ event: fromAllocator(timeline, stacks, index), index });
    else if (role === roleNumber.call && categories.of(index) === "memory") {
      withInner ??= withInnerCalls(timeline, stacks);
      const event = fromCall(timeline, stacks, categories, withInner, hosts, index);
      if (event !== undefined) found.push({ event, index });
    }
  }
  // At one moment in the order of the file: simulated calls take no time.
  return found.sort((a, b) => a.event.at - b.event.at || a.index - b.index).map(({ event }) => event);
}

// Managed and asynchronous memory is the device's; handles of virtual memory (cuMemCreate) are not addresses and are left out.
const callKinds: readonly (readonly [RegExp, MemoryEvent["kind"], "device" | "host, pinned"])[] = [
  [/^(cuMemAllocHost|cuMemHostAlloc|cudaMallocHost|cudaHostAlloc)/, "allocate", "host, pinned"],
  [/^(cuMemFreeHost|cudaFreeHost)/, "free", "host, pinned"],
  [/^(cuMemAlloc|cudaMalloc)/, "allocate", "device"],
  [/^(cuMemFree|cudaFree)(?!Array|Mipmapped)/, "free", "device"],
];

function fromCall(
  timeline: Timeline,
  stacks: HostStacks,
  categories: CallCategories,
  withInner: Uint8Array,
  hosts: number,
  index: number,
): MemoryEvent | undefined {
  const { events, tracks, processes } = timeline;
  const row = callKinds.find(([pattern]) => pattern.test(timeline.nameOf(index)));
  if (row === undefined || events.form[index] === formNumber.unfinished) return undefined;
  const [, kind, where] = row;
  const args = timeline.argumentsOf(index);
  const address = addressIn(args);
  // Freeing the null pointer does nothing; programs do it to make the runtime begin.
  if (kind === "free" && address !== undefined && /^(0x)?0+$/.test(address)) return undefined;
  // The runtime's call and the driver's within it are one; the outer one tells, unless only the inner one knows where.
  for (let outer = stacks.parent[index]; outer >= 0; outer = stacks.parent[outer]) {
    const isMemory = events.role[outer] === roleNumber.call && categories.of(outer) === "memory";
    if (isMemory && (address === undefined || addressIn(timeline.argumentsOf(outer)) !== undefined)) return undefined;
  }
  if (address === undefined && withInner[index] === 1) return undefined;
  const device = numberIn(args, ["device", "deviceId"]);
  const pool = wordIn(args, ["pool"]);
  const process = processes[tracks[events.track[index]].process];
  return {
    kind,
    source: "calls",
    space:
      (where === "device" ? deviceWords(device) : where) +
      (pool === undefined ? "" : `, pool ${pool}`) +
      (hosts > 1 ? `, process ${process.pid}` : ""),
    at: kind === "free" ? events.start[index] : events.start[index] + events.duration[index],
    address,
    bytes: known(events.bytes[index]),
    label: wordIn(args, ["label"]) ?? rangeAround(timeline, stacks, index),
    failed: hasFailed(args["status"]),
    total: undefined,
    reserved: undefined,
  };
}

function fromAllocator(timeline: Timeline, stacks: HostStacks, index: number): MemoryEvent {
  const { events, tracks, processes } = timeline;
  const args = timeline.argumentsOf(index);
  const bytes = known(events.bytes[index]);
  const process = processes[tracks[events.track[index]].process];
  // As PyTorch numbers the types of devices: 0 is the host.
  const isHost = args["Device Type"] === 0;
  const device = numberIn(args, ["Device Id", "device", "deviceId"]) ?? process.device;
  const pool = wordIn(args, ["pool"]);
  return {
    kind: (bytes ?? 0) < 0 ? "free" : "allocate",
    source: "allocator",
    space: `${isHost ? "host" : deviceWords(device)}${pool === undefined ? "" : `, pool ${pool}`}`,
    at: events.start[index],
    address: addressIn(args),
    bytes: bytes === undefined ? undefined : Math.abs(bytes),
    label: wordIn(args, ["label"]) ?? rangeAround(timeline, stacks, index),
    failed: false,
    total: numberIn(args, ["Total Allocated"]),
    reserved: numberIn(args, ["Total Reserved"]),
  };
}

/** What its thread was at: the innermost range, operator or function. */
function rangeAround({ events, texts }: Timeline, stacks: HostStacks, index: number): string {
  let outer = stacks.innermostAt(events.track[index], events.start[index]);
  while (outer >= 0 && !isNamed(events.role[outer])) outer = stacks.parent[outer];
  return outer < 0 ? "" : texts[events.name[outer]];
}

function isNamed(role: number): boolean {
  return role === roleNumber.range || role === roleNumber.operator || role === roleNumber.function;
}

/** Where a recorder does not say which device it was, nor do we. */
function deviceWords(device: number | undefined): string {
  return device === undefined ? "device" : `device ${device}`;
}

/** Per event: 1 where a call is made directly within it. */
function withInnerCalls({ events }: Timeline, { parent }: HostStacks): Uint8Array {
  const has = new Uint8Array(events.length);
  for (let index = 0; index < events.length; index++) {
    if (events.role[index] === roleNumber.call && parent[index] >= 0) has[parent[index]] = 1;
  }
  return has;
}

function addressIn(args: Readonly<Record<string, unknown>>): string | undefined {
  for (const name of ["ptr", "Addr", "address", "addr"]) {
    const value = args[name];
    if (typeof value === "string") return value.toLowerCase();
    if (typeof value === "number") return `0x${value.toString(16)}`;
  }
  return undefined;
}

function numberIn(args: Readonly<Record<string, unknown>>, names: readonly string[]): number | undefined {
  for (const name of names) if (typeof args[name] === "number") return args[name];
  return undefined;
}

function wordIn(args: Readonly<Record<string, unknown>>, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = args[name];
    if ((typeof value === "string" && value !== "") || typeof value === "number") return `${value}`;
  }
  return undefined;
}

function hasFailed(status: unknown): boolean {
  return !(
    status === undefined ||
    status === null ||
    status === 0 ||
    /^(ok|0|success|CUDA_SUCCESS)$/i.test(`${status}`)
  );
}

function known(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}

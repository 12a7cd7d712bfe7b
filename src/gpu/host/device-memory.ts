// The allocations of one device: where they lie, who made them, and how much is in use. Knows nothing of elements or copies.
import { type DTypeName, dtypes } from "../../core/dtype.js";
import { InputError } from "../../core/errors.js";
import { inspectAsText } from "../../core/inspect.js";
import { formatAddress } from "../simt/fault.js";
import { allocationAlignment, GlobalMemory, globalBase, MemoryRegion } from "../simt/memory-region.js";

/** Where an allocation lies, with or without bytes of its own. */
export type Placed = Pick<MemoryRegion, "base" | "byteLength" | "label" | "dtype">;

/** Who made an allocation: a program on the host, or a module that declares the variable. */
export type AllocationOwner = "host" | "module" | "constant bank";

/** A row of the allocation table. */
export interface AllocationRecord {
  readonly label: string;
  /** Hexadecimal. */
  readonly address: string;
  readonly dtype: DTypeName;
  /** Elements. */
  readonly length: number;
  readonly bytes: number;
  readonly by: AllocationOwner;
  readonly state: "live" | "freed";
}

/** What a device's memory holds, in bytes. */
export interface MemoryStats {
  readonly used: number;
  /** The most that was in use at once. */
  readonly peak: number;
  readonly capacity: number;
  /** Live allocations. */
  readonly allocations: number;
  /** Allocations made so far, live and freed. */
  readonly allocated: number;
  readonly freed: number;
}

export type TransferDirection =
  | "host to device"
  | "device to host"
  | "device to device"
  | "peer to peer"
  | "memset"
  | "host atomic";

/** Bytes that the host moves or changes, for whoever keeps account of it. */
export interface Transfer {
  /** The driver call that does it: `cuMemcpyHtoD_v2`. */
  readonly call: string;
  readonly direction: TransferDirection;
  readonly bytes: number;
  /** What it reaches, by label. */
  readonly label: string;
  readonly address: number;
}

/** Is told what the host does with memory: a device's timeline and logs. */
export interface MemoryObserver {
  allocated(region: Placed, by: AllocationOwner): void;
  freed(region: Placed): void;
  transferred(transfer: Transfer): void;
}

export interface DeviceMemoryOptions {
  /** The address of the first allocation: devices that share an address space have their own. */
  readonly base?: number;
  readonly observer?: MemoryObserver;
}

/** An allocation that is gone: what an address that hits none may have been. */
export interface FreedAllocation {
  readonly address: number;
  readonly bytes: number;
  readonly label: string;
  readonly dtype: DTypeName;
}

/** Of this many freed allocations the table still tells. */
const freedKept = 1000;

/** Allocates in one device's address space. Addresses are never used twice, so that a stale pointer is always seen. */
export class DeviceMemory {
  static {
    inspectAsText(DeviceMemory);
  }

  readonly global: GlobalMemory = new GlobalMemory();
  readonly observer: MemoryObserver | undefined;
  private readonly live = new Map<Placed, AllocationOwner>();
  private gone: { readonly region: FreedAllocation; readonly by: AllocationOwner }[] = [];
  private next: number;
  private used = 0;
  private peak = 0;
  private made = 0;
  private count = 0;

  /** `capacity` in bytes: what the device has. */
  constructor(
    private readonly deviceName: string,
    readonly capacity: number,
    { base = globalBase, observer }: DeviceMemoryOptions = {},
  ) {
    this.next = base;
    this.global.heap.next += base - globalBase;
    this.observer = observer;
  }

  /** Bytes that are allocated. */
  get allocatedBytes(): number {
    return this.used;
  }

  get stats(): MemoryStats {
    const { used, peak, capacity, made } = this;
    const allocations = this.live.size;
    return { used, peak, capacity, allocations, allocated: made, freed: made - allocations };
  }

  /** Every allocation as a row, by address: those that live, and the last thousand that were freed. */
  get table(): AllocationRecord[] {
    const row = (
      { label, address, dtype, bytes }: FreedAllocation,
      by: AllocationOwner,
      state: "live" | "freed",
    ): AllocationRecord => ({
      label,
      address: formatAddress(address),
      dtype,
      length: bytes / dtypes[dtype].bytes,
      bytes,
      by,
      state,
    });
    const rows = [
      ...[...this.live].map(([region, by]) => ({ at: region.base, row: row(imageOf(region), by, "live") })),
      ...this.gone.map(({ region, by }) => ({ at: region.address, row: row(region, by, "freed") })),
    ];
    return rows.sort((a, b) => a.at - b.at).map((each) => each.row);
  }

  /** The allocations that were freed, as far as they are remembered. */
  get freedAllocations(): readonly FreedAllocation[] {
    return this.gone.map(({ region }) => region);
  }

  /** Allocates bytes for elements of a dtype. Throws InputError where they do not fit. */
  allocate(
    dtype: { readonly name: DTypeName; readonly bytes: number },
    length: number,
    label: string | undefined,
    by: AllocationOwner = "host",
  ): MemoryRegion {
    if (!Number.isInteger(length) || length < 0) {
      throw new InputError(`an array needs a whole number of elements, got ${String(length)}`, {
        fix: "Write gpu.zeros(f32, 1024).",
      });
    }
    const bytes = length * dtype.bytes;
    const base = this.place(bytes);
    const region = new MemoryRegion(base, bytes, label ?? `array${++this.count}`, dtype.name);
    this.global.add(region);
    this.take(region, by);
    return region;
  }

  /**
   * Takes up bytes that hold nothing: they have an address and count as in use, and a kernel that goes there ends with a fault. Throws
   * InputError where they do not fit.
   */
  reserve(bytes: number, label: string): Placed {
    if (!Number.isSafeInteger(bytes) || bytes < 0) {
      throw new InputError(`a whole number of bytes is reserved, got ${String(bytes)}`, { where: label });
    }
    const region: Placed = { base: this.place(bytes), byteLength: bytes, label, dtype: "u8" };
    this.take(region, "host");
    return region;
  }

  // The address of the next allocation.
  private place(bytes: number): number {
    if (this.used + bytes > this.capacity) {
      throw new InputError(
        `${bytes.toLocaleString("en-US")} bytes do not fit: ${this.deviceName} has ${this.capacity.toLocaleString("en-US")}, of which ${this.used.toLocaleString("en-US")} are in use`,
        { fix: "Free arrays that are not needed (array.free()), or use a smaller shape." },
      );
    }
    const base = this.next;
    this.next += (Math.ceil(bytes / allocationAlignment) + 1) * allocationAlignment;
    return base;
  }

  private take(region: Placed, by: AllocationOwner): void {
    this.used += region.byteLength;
    this.peak = Math.max(this.peak, this.used);
    this.made++;
    this.live.set(region, by);
    this.observer?.allocated(region, by);
  }

  /** Takes up memory that is not allocated from the device's capacity: its constant bank. */
  adopt(region: MemoryRegion, by: AllocationOwner): void {
    this.made++;
    this.global.add(region);
    this.live.set(region, by);
  }

  holds(region: Placed): boolean {
    return this.live.has(region);
  }

  /** Gives an allocation back. Throws InputError for one that is not the host's to free, or no longer there. */
  free(region: Placed): void {
    const by = this.live.get(region);
    if (by === undefined) {
      throw new InputError(`"${region.label}" has been freed already`, { fix: "Free it once." });
    }
    if (by !== "host") {
      const what =
        by === "module" ? "is a variable of a module, which lives as long as the module" : "is the device's own";
      throw new InputError(`"${region.label}" ${what}`, {
        fix: "Free what gpu.array, gpu.zeros or gpu.malloc has made.",
      });
    }
    if (region instanceof MemoryRegion) this.global.remove(region);
    this.live.delete(region);
    this.used -= region.byteLength;
    this.gone.push({ region: imageOf(region), by });
    if (this.gone.length > freedKept) this.gone = this.gone.slice(-freedKept);
    this.observer?.freed(region);
  }

  /** One line: `memory of H100 SXM: 2 arrays in 640 bytes of 80,000,000,000`. */
  toString(): string {
    const count = this.global.allocations.length;
    const [used, capacity] = [this.used, this.capacity].map((bytes) => bytes.toLocaleString("en-US"));
    return `memory of ${this.deviceName}: ${count} array${count === 1 ? "" : "s"} in ${used} bytes of ${capacity}`;
  }
}

function imageOf({ base, byteLength, label, dtype }: Placed): FreedAllocation {
  return { address: base, bytes: byteLength, label, dtype };
}

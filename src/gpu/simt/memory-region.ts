// Bytes that kernels address: global allocations, a block's shared memory, a warp's local memory. Knows nothing of
// instructions or of who accesses it.
import type { DTypeName } from "../../core/dtype.js";
import type { AllocationImage } from "./launch-image.js";

/** A run of addressable bytes. Views cover whole 8-byte words; `bytes` is exactly what may be accessed. */
export class MemoryRegion {
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly u32: Uint32Array;
  /** One past the last address; before all addresses once the memory has been given back. */
  end: number;
  /** Set by every write, so that a snapshot copies only what changed. */
  dirty = true;
  /**
   * Where it was allocated without values, which bytes have been written since: 1 for each, or "none" so far. Undefined where all
   * of it holds values, as far as anybody knows. Kept by the host's writes and by launches under the sanitizer.
   */
  written: Uint8Array | "none" | undefined;
  /** Constant memory: kernels read it, and only the host writes it. */
  constant = false;

  constructor(
    /** The address of the first byte. */
    readonly base: number,
    readonly byteLength: number,
    readonly label: string,
    readonly dtype: DTypeName,
  ) {
    const buffer = new ArrayBuffer(Math.ceil(byteLength / 8) * 8);
    this.u8 = new Uint8Array(buffer);
    this.u16 = new Uint16Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.end = base + byteLength;
  }

  /** The host has written the bytes from `start` up to `end`. */
  wrote(start: number = 0, end: number = this.byteLength): void {
    this.dirty = true;
    if (this.written === undefined) return;
    if (start === 0 && end === this.byteLength) this.written = undefined;
    else this.writtenBytes()?.fill(1, start, end);
  }

  /** Which bytes have been written, to be kept up by whoever writes; undefined where all hold values. */
  writtenBytes(): Uint8Array | undefined {
    if (this.written === "none") this.written = new Uint8Array(this.byteLength);
    return this.written;
  }

  /** What is stored, without the padding. */
  get bytes(): Uint8Array {
    return this.u8.subarray(0, this.byteLength);
  }
}

/** Generic addresses of shared and local memory lie in windows of their own, as on hardware. */
export const sharedWindow = 0x1000_0000_0000;
export const localWindow = 0x2000_0000_0000;
/** Where a kernel's parameters lie, also as addresses of their own space. */
export const parameterWindow = 0x3000_0000_0000;
export const windowBytes = 0x1000_0000;
/** Where the heap of kernels begins; each device of a cluster has as much room there as it has from `globalBase` on. */
export const heapBase = 0x5000_0000_0000;
/** Where a cooperative launch has what its blocks meet at (`this_grid().sync()`). */
export const gridWorkspaceBase = 0x6000_0000_0000;
export const gridWorkspaceBytes = 64;
/** Where the first global allocation lies. */
export const globalBase = 0x7000_0000_0000;
/** Allocations begin at multiples of this, as cudaMalloc's do, and an unmapped gap of the same size follows each. */
export const allocationAlignment = 256;

/** What of its memory the heap of kernels has given away. */
export interface HeapState {
  /** Where the next block lies. */
  next: number;
  /** Bytes in use. */
  used: number;
  /** The last blocks that were given back. Replaced, never changed, so that snapshots can share it. */
  freed: readonly { readonly address: number; readonly bytes: number; readonly label: string }[];
}

/** The allocations of global memory, found by address. */
export class GlobalMemory {
  heap: HeapState = { next: heapBase, used: 0, freed: [] };
  /** The memory whose heap this one shares, where it is that of several devices. */
  heapOf: GlobalMemory | undefined;
  private readonly regions: MemoryRegion[] = [];

  /** A memory of its own with a copy of these allocations. */
  static from(images: readonly AllocationImage[]): GlobalMemory {
    const memory = new GlobalMemory();
    for (const { address, bytes, label, dtype, constant = false } of images) {
      const region = new MemoryRegion(address, bytes.length, label, dtype);
      region.u8.set(bytes);
      region.constant = constant;
      memory.add(region);
      if (address < heapBase || address >= gridWorkspaceBase) continue;
      const room = Math.ceil(bytes.length / 16) * 16;
      memory.heap.used += room;
      memory.heap.next = Math.max(memory.heap.next, address + room + 16);
    }
    return memory;
  }

  /** The same allocations, and one more that this memory alone has. */
  with(region: MemoryRegion): GlobalMemory {
    const memory = new GlobalMemory();
    for (const allocation of [...this.regions, region]) memory.add(allocation);
    return memory;
  }

  /** Ordered by address. */
  get allocations(): readonly MemoryRegion[] {
    return this.regions;
  }

  add(region: MemoryRegion): void {
    this.regions.splice(this.indexAbove(region.base), 0, region);
  }

  remove(region: MemoryRegion): void {
    this.regions.splice(this.regions.indexOf(region), 1);
    // Whoever still holds it looks whether an address is before its end.
    region.end = Number.NEGATIVE_INFINITY;
  }

  /** The allocation that holds all of `bytes` bytes at `address`. */
  find(address: number, bytes: number): MemoryRegion | undefined {
    const candidate = this.regions[this.indexAbove(address) - 1];
    return candidate !== undefined && address + bytes <= candidate.end ? candidate : undefined;
  }

  /** The allocation whose edge is nearest to an address that hits none. */
  nearest(address: number): MemoryRegion | undefined {
    let best: MemoryRegion | undefined;
    let distance = Number.POSITIVE_INFINITY;
    for (const allocation of this.regions) {
      const gap = Math.max(allocation.base - address, address - allocation.end, 0);
      if (gap < distance) [best, distance] = [allocation, gap];
    }
    return best;
  }

  /** The index of the first allocation that begins above an address. */
  private indexAbove(address: number): number {
    let low = 0;
    let high = this.regions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.regions[middle].base <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

// Bytes that kernels address: global allocations, a block's shared memory, a warp's local memory. Knows nothing of
// instructions or of who accesses it.
import type { DTypeName } from "../../core/dtype.js";
import type { AllocationImage } from "./launch-image.js";

/** A run of addressable bytes. Views cover whole 8-byte words; `bytes` is exactly what may be accessed. */
export class MemoryRegion {
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly u32: Uint32Array;
  /** One past the last address. */
  readonly end: number;
  /** Set by every write, so that a snapshot copies only what changed. */
  dirty = true;

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

  /** What is stored, without the padding. */
  get bytes(): Uint8Array {
    return this.u8.subarray(0, this.byteLength);
  }
}

/** Generic addresses of shared and local memory lie in windows of their own, as on hardware. */
export const sharedWindow = 0x1000_0000_0000;
export const localWindow = 0x2000_0000_0000;
export const windowBytes = 0x1000_0000;
/** Where the first global allocation lies. */
export const globalBase = 0x7000_0000_0000;
/** Allocations begin at multiples of this, as cudaMalloc's do, and an unmapped gap of the same size follows each. */
export const allocationAlignment = 256;

/** The allocations of global memory, found by address. */
export class GlobalMemory {
  readonly allocations: readonly MemoryRegion[];

  constructor(images: readonly AllocationImage[]) {
    this.allocations = [...images]
      .sort((a, b) => a.address - b.address)
      .map(({ address, bytes, label, dtype }) => {
        const storage = new MemoryRegion(address, bytes.length, label, dtype);
        storage.u8.set(bytes);
        return storage;
      });
  }

  /** The allocation that holds all of `bytes` bytes at `address`. */
  find(address: number, bytes: number): MemoryRegion | undefined {
    const candidate = this.below(address);
    return candidate !== undefined && address + bytes <= candidate.end ? candidate : undefined;
  }

  /** The allocation whose edge is nearest to an address that hits none. */
  nearest(address: number): MemoryRegion | undefined {
    let best: MemoryRegion | undefined;
    let distance = Number.POSITIVE_INFINITY;
    for (const allocation of this.allocations) {
      const gap = Math.max(allocation.base - address, address - allocation.end, 0);
      if (gap < distance) [best, distance] = [allocation, gap];
    }
    return best;
  }

  private below(address: number): MemoryRegion | undefined {
    const { allocations } = this;
    let low = 0;
    let high = allocations.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (allocations[middle].base <= address) low = middle + 1;
      else high = middle;
    }
    return allocations[low - 1];
  }
}

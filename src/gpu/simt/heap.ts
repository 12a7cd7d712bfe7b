// The memory that kernels allocate themselves: malloc and free. It lies among the allocations of global memory, each block an
// allocation of its own, so that accesses beyond one, or after it was given back, are seen.
import { type GlobalMemory, gridWorkspaceBase, heapBase, MemoryRegion } from "./memory-region.js";

/** Bytes of the heap unless the launch says otherwise: CUDA's own default (cudaLimitMallocHeapSize). */
export const defaultHeapBytes: number = 8 * 1024 * 1024;

/** Blocks begin at multiples of this, and lie at least as far apart. */
const blockAlignment = 16;

/** Of so many blocks that were given back it is still known whose they were. */
const freedKept = 1000;

/** A block of so many bytes, or undefined where the heap has no more room. Addresses are never used twice. */
export function allocateBlock(
  memory: GlobalMemory,
  bytes: number,
  limit: number,
  label: string,
): MemoryRegion | undefined {
  const { heap } = memory;
  const taken = roomOf(bytes);
  if (bytes === 0 || heap.used + taken > limit) return undefined;
  const region = new MemoryRegion(heap.next, bytes, label, "u8");
  heap.next += taken + blockAlignment;
  heap.used += taken;
  memory.add(region);
  memory.heapOf?.add(region);
  return region;
}

/** Gives a block back. False for an address at which none begins. */
export function freeBlock(memory: GlobalMemory, address: number): boolean {
  const { heap } = memory;
  const region = memory.find(address, 0);
  if (region === undefined || region.base !== address || !isOnHeap(region)) return false;
  memory.remove(region);
  memory.heapOf?.remove(region);
  heap.used -= roomOf(region.byteLength);
  heap.freed = [...heap.freed.slice(1 - freedKept), { address, bytes: region.byteLength, label: region.label }];
  return true;
}

/** The block that was at an address, where it has been given back. */
export function freedBlockAt(
  memory: GlobalMemory,
  address: number,
): { readonly bytes: number; readonly label: string } | undefined {
  return memory.heap.freed.find((block) => address >= block.address && address < block.address + block.bytes);
}

function isOnHeap({ base }: { readonly base: number }): boolean {
  return base >= heapBase && base < gridWorkspaceBase;
}

function roomOf(bytes: number): number {
  return Math.ceil(bytes / blockAlignment) * blockAlignment;
}

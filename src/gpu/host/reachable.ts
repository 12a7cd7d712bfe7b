// Which allocations a launch can reach, so that a stepper carries those and no others.
import type { GlobalMemory, MemoryRegion } from "../simt/memory-region.js";

/**
 * The roots, the allocations that the parameters point into, and those that these hold addresses of. As a conservative
 * garbage collector does, every aligned 8 bytes that could be an address count as one. Roots are the arrays that the
 * arguments name: a pointer into one may lie outside it, so that its address alone does not tell.
 */
export function reachableAllocations(
  memory: GlobalMemory,
  parameters: Uint8Array,
  roots: readonly MemoryRegion[],
): readonly MemoryRegion[] {
  const reached = new Set<MemoryRegion>(roots);
  const pending: Uint8Array[] = [parameters, ...roots.map(({ bytes }) => bytes)];
  for (let bytes = pending.pop(); bytes !== undefined; bytes = pending.pop()) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at + 8 <= bytes.byteLength; at += 8) {
      const address = view.getUint32(at, true) + view.getUint32(at + 4, true) * 4294967296;
      const region = memory.find(address, 0);
      if (region === undefined || reached.has(region)) continue;
      reached.add(region);
      pending.push(region.bytes);
    }
  }
  return memory.allocations.filter((region) => reached.has(region));
}

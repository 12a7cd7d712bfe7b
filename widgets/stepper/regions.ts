// What memory there is to show at a place: shared memory by variable, global memory by allocation, with the types to read it in.
import { type DTypeName, dtypes } from "../../src/core/dtype.js";
import type { Replay } from "../../src/gpu/analysis/replay.js";
import type { KernelVariable } from "../../src/gpu/ptx/debug-info.js";
import { accessType, mnemonic } from "./mnemonic.js";
import { isDTypeName } from "./numbers.js";
import type { Scene } from "./scene.js";

/** A run of memory that can be shown. */
export interface Region {
  readonly space: "global" | "shared";
  readonly label: string;
  readonly dtype: DTypeName;
  readonly address: number;
  readonly bytes: Uint8Array;
  /** As it stood before the launch, where that is known. */
  readonly before: Uint8Array | undefined;
}

export function readRegions(replay: Replay, scene: Scene): Region[] {
  const regions: Region[] = [];
  const shared = replay.sharedMemory(scene.warp.block);
  const named = replay.sharedVariables;
  for (const { name, offset, bytes } of shared.length === 0 ? [] : named) {
    regions.push({
      space: "shared",
      label: name,
      dtype: sharedType(replay, name),
      address: offset,
      bytes: shared.subarray(offset, offset + bytes),
      before: undefined,
    });
  }
  const end = named.reduce((most, { offset, bytes }) => Math.max(most, offset + bytes), 0);
  if (shared.length > end) {
    const rest = { space: "shared", label: "dynamic shared", address: end, before: undefined } as const;
    regions.push({ ...rest, dtype: sharedType(replay, ""), bytes: shared.subarray(end) });
  }
  // First what the launch was given, then what its threads allocated, then what the module brings along, texts to print for one.
  const given = new Set(replay.image.memory.map(({ address }) => address));
  const own = new Set(Object.values(replay.image.symbols ?? {}));
  const rank = ({ address }: { address: number }): number => (own.has(address) ? 2 : given.has(address) ? 0 : 1);
  for (const allocation of [...replay.globalMemory()].sort((a, b) => rank(a) - rank(b))) {
    const before = replay.image.memory.find(({ address }) => address === allocation.address)?.bytes;
    regions.push({ ...allocation, space: "global", before });
  }
  return regions;
}

/** Whether a variable is an array in shared memory, `f32.shared[256]`: seen as memory, since its register never changes. */
export function isSharedArray({ type }: KernelVariable): boolean {
  return /\.shared\b/.test(type);
}

/**
 * The element type of a shared variable as the source declares it. PTX declares bytes: without a source it is read off the
 * instructions that name the variable, or else that use shared addresses.
 */
function sharedType(replay: Replay, name: string): DTypeName {
  const declared = replay.image.debug?.variables.find((each) => each.name === name && isSharedArray(each));
  const element = declared?.type.split(".")[0] ?? "";
  if (isDTypeName(element)) return element;
  const typed = replay.entry.instructions.filter(({ text }) => /\.shared\b/.test(mnemonic(text)));
  const own = typed.find(({ text }) => text.includes(name)) ?? typed[0];
  const type = own === undefined ? undefined : accessType(own.text);
  return type !== undefined && isDTypeName(type) ? type : "u32";
}

/** Tells one region from another over all places. */
export function keyOf({ space, label, address }: Region): string {
  return `${space}:${label}:${address}`;
}

/** The region that the last access reached, by the lane that `addressOfLane` chooses. */
export function regionOf(regions: readonly Region[], scene: Scene): Region | undefined {
  const address = addressOfLane(scene) ?? -1;
  const space = scene.access?.access.space;
  return regions.find(
    (each) => each.space === space && address >= each.address && address < each.address + each.bytes.length,
  );
}

/** What the selected lane reached in the last access; of a lane that took no part, what the lowest that did reached. */
export function addressOfLane({ access, lane }: Scene): number | undefined {
  if (access === undefined) return undefined;
  const { mask, addresses } = access.access;
  const chosen = (mask >>> lane) & 1 ? lane : 31 - Math.clz32(mask & -mask);
  return addresses[chosen];
}

/** An element for people: `out[512]`. */
export function nameOf(region: Region, address: number): string {
  return `${region.label}[${(address - region.address) / dtypes[region.dtype].bytes}]`;
}

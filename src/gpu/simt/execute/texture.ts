// Texture fetches and surface accesses. Each texel is read from global memory where the texture's array lies, row by row, and counts
// as a load from there: one request an instruction, and of a linear filter one for each corner.

import { readElement } from "../../../core/elements.js";
import { coordinateCounts } from "../../ptx/instructions/texture.js";
import type { Operand } from "../../ptx/syntax.js";
import { type PtxType, ptxType } from "../../ptx/types.js";
import type { VerifiedInstruction } from "../../ptx/verify.js";
import type { MemoryRegion } from "../memory-region.js";
import type { AccessKind } from "../observer.js";
import { decodeTexture, descriptorBytes, type TextureDescription } from "../texture-descriptor.js";
import type { Warp } from "../warp.js";
import { elementsOf, type MemorySystem } from "./memory.js";
import type { Execute, OperandPlaces } from "./operands.js";

type Coordinates = readonly [x: number, y: number, z: number, layer: number];

/** A texel, or undefined where there is zero beyond the edge. */
type Place = number | undefined;

/** tex: of integer coordinates the texel, of others the nearest one or a mean of neighbours. */
export function fetchTexel(verified: VerifiedInstruction, places: OperandPlaces, memory: MemorySystem): Execute {
  const { modifiers, instruction } = verified;
  const type = verified.type as PtxType;
  const [destination, source] = instruction.operands;
  const slots = elementsOf(destination).map((operand) => places.value(operand, type));
  const exact = modifiers["coordinates"] === "s32";
  const read = coordinateReader(source, modifiers["shape"], exact ? "s32" : "f32", places);
  const handle = handleSlot(source, places);
  const isFloat = type.kind === "float";
  return (warp, mask) => {
    const { f32, u32 } = warp.registers;
    const lanes = lanesOf(mask).map((lane) => {
      const texture = find(memory, warp, lane, handle);
      const values = isFloat !== isFloating(texture) ? mismatch(memory, lane, texture, type) : undefined;
      return { lane, texture, corners: cornersOf(texture, read(warp, lane), exact), values };
    });
    const requests = Math.max(...lanes.map(({ corners }) => corners.length));
    const sums = lanes.map(() => [0, 0, 0, 0]);
    for (let i = 0; i < requests; i++) {
      announce(memory, lanes, i);
      lanes.forEach(({ lane, texture, corners }, n) => {
        const corner = corners[i];
        if (corner?.place === undefined) return;
        const texel = readTexel(memory, lane, texture, corner.place);
        texel.forEach((value, channel) => {
          sums[n][channel] += corner.weight * value;
        });
      });
    }
    lanes.forEach(({ lane }, n) => {
      slots.forEach((slot, channel) => {
        if (isFloat) f32[slot + lane] = sums[n][channel];
        else u32[slot + lane] = sums[n][channel];
      });
    });
  };
}

/** txq and suq: an extent. */
export function queryTexture(verified: VerifiedInstruction, places: OperandPlaces, memory: MemorySystem): Execute {
  const d = places.nth(verified, 0);
  const handle = handleSlot(verified.instruction.operands[1], places);
  const { query } = verified.modifiers;
  return (warp, mask) => {
    for (const lane of lanesOf(mask)) {
      const { width, height, depth, layers } = find(memory, warp, lane, handle);
      warp.registers.u32[d + lane] = { width, height, depth, array_size: layers }[query] ?? 0;
    }
  };
}

/** suld.b and sust.b: bytes of a surface, the first coordinate in bytes. */
export function accessSurface(verified: VerifiedInstruction, places: OperandPlaces, memory: MemorySystem): Execute {
  const { modifiers, instruction, row } = verified;
  const type = verified.type as PtxType;
  const stores = row.opcode === "sust";
  const [source, data] = stores ? instruction.operands : [instruction.operands[1], instruction.operands[0]];
  const slots = elementsOf(data).map((operand) => places.value(operand, type));
  const read = coordinateReader(source, modifiers["shape"], "s32", places);
  const handle = handleSlot(source, places);
  const size = type.bytes * slots.length;
  const { outside } = modifiers;
  const kind: AccessKind = stores ? "store" : "load";
  return (warp, mask) => {
    const lanes = lanesOf(mask).map((lane) => {
      const surface = find(memory, warp, lane, handle);
      return { lane, surface, address: surfaceAddress(memory, lane, surface, read(warp, lane), size, outside) };
    });
    let reached = 0;
    for (const { lane, address } of lanes) {
      if (address === undefined) continue;
      memory.addresses[lane] = address;
      reached |= 1 << lane;
    }
    const { addresses } = memory;
    if (reached !== 0) memory.observe?.({ space: "global", kind, bytesPerLane: size, mask: reached, addresses });
    for (const { lane, address } of lanes) {
      const region = address === undefined ? undefined : regionOf(memory, lane, address, size, kind);
      const at = (address ?? 0) - (region?.base ?? 0);
      slots.forEach((slot, i) => {
        if (stores) writeSurface(warp, lane, type, slot, region, at + i * type.bytes);
        else readSurface(warp, lane, type, slot, region, at + i * type.bytes);
      });
    }
  };
}

function lanesOf(mask: number): number[] {
  const lanes: number[] = [];
  for (let lane = 0; lane < 32; lane++) if ((mask & (1 << lane)) !== 0) lanes.push(lane);
  return lanes;
}

function handleSlot(operand: Operand, places: OperandPlaces): number {
  if (operand.kind !== "address" || operand.base === undefined) throw new Error("a texture without a handle");
  return places.value({ kind: "register", name: operand.base, negated: false }, ptxType("b64"));
}

/** The texture that a lane's handle is of: each lane may have one of its own. */
function find(memory: MemorySystem, warp: Warp, lane: number, slot: number): TextureDescription {
  const handle = Number(warp.registers.u64[(slot >>> 1) + lane]);
  const region = memory.global.find(handle, descriptorBytes);
  const at = region === undefined ? 0 : (handle - region.base) >>> 2;
  const texture = region === undefined ? undefined : decodeTexture(region.u32.subarray(at, at + descriptorBytes / 4));
  if (texture !== undefined) return texture;
  return memory.fail(lane, {
    kind: "invalid texture",
    what: `0x${handle.toString(16)} is the handle of no texture`,
    fix: "Pass what gpu.texture(array, { width, height }) gave.",
  });
}

function mismatch(memory: MemorySystem, lane: number, texture: TextureDescription, type: PtxType): never {
  const { dtype } = texture;
  return memory.fail(lane, {
    kind: "invalid texture",
    what: `a texture of ${dtype.name} is fetched as .${type.name}`,
    fix:
      dtype.kind === "float"
        ? "Fetch it as float."
        : 'Fetch it as integers, or make it with { read: "normalized" }, which gives numbers up to 1.',
  });
}

function isFloating({ dtype, asFraction }: TextureDescription): boolean {
  return dtype.kind === "float" || asFraction;
}

function coordinateReader(
  operand: Operand,
  shape: string,
  type: "s32" | "f32",
  places: OperandPlaces,
): (warp: Warp, lane: number) => Coordinates {
  if (operand.kind !== "address" || operand.coordinates === undefined) throw new Error("a texture without coordinates");
  const slots = operand.coordinates
    .flatMap((each) => elementsOf(each))
    .map((each) => places.value(each, ptxType(type)));
  const layered = shape.startsWith("a");
  const used = coordinateCounts[shape][0] - (layered ? 1 : 0);
  const first = layered ? 1 : 0;
  return ({ registers }, lane) => {
    const numbers = type === "s32" ? registers.i32 : registers.f32;
    const coordinate = (i: number): number => (i < used ? numbers[slots[first + i] + lane] : 0);
    const layer = layered ? registers.u32[slots[0] + lane] : 0;
    return [coordinate(0), coordinate(1), coordinate(2), layer];
  };
}

interface Corner {
  /** The texel's number in the array. */
  readonly place: Place;
  readonly weight: number;
}

/** The texels that a fetch reads, with what each counts. */
function cornersOf(texture: TextureDescription, [x, y, z, layer]: Coordinates, exact: boolean): readonly Corner[] {
  const { width, height, depth, layers } = texture;
  const extents = [width, height, depth];
  const given = [x, y, z];
  const used = extents.map((extent) => extent > 0);
  const along = extents.map((extent, i): readonly { at: Place; weight: number }[] => {
    if (!used[i]) return [{ at: 0, weight: 1 }];
    if (exact) return [{ at: addressed(given[i], extent, texture, true), weight: 1 }];
    const position = texture.normalized ? given[i] * extent : given[i];
    if (texture.filter === "point") return [{ at: addressed(Math.floor(position), extent, texture, false), weight: 1 }];
    const start = Math.floor(position - 0.5);
    // Eight bits of fraction, so that there are 256 steps from a texel to the next (CUDA C++ Programming Guide, linear filtering).
    const share = Math.floor((position - 0.5 - start) * 256 + 0.5) / 256;
    return [
      { at: addressed(start, extent, texture, false), weight: 1 - share },
      { at: addressed(start + 1, extent, texture, false), weight: share },
    ];
  });
  const base = layers > 0 ? Math.min(layer, layers - 1) * width * Math.max(height, 1) : 0;
  return along[2].flatMap((inZ) =>
    along[1].flatMap((inY) =>
      along[0].map((inX): Corner => {
        const weight = inX.weight * inY.weight * inZ.weight;
        if (inX.at === undefined || inY.at === undefined || inZ.at === undefined) return { place: undefined, weight };
        return { place: base + (inZ.at * Math.max(height, 1) + inY.at) * width + inX.at, weight };
      }),
    ),
  );
}

/** The texel of a coordinate along one axis; beyond the edge as the texture says. Wrapping needs coordinates from 0 to 1. */
function addressed(
  index: number,
  extent: number,
  { addressMode, normalized }: TextureDescription,
  exact: boolean,
): Place {
  if (Number.isNaN(index)) return 0;
  if (index >= 0 && index < extent) return index;
  if (addressMode === "border") return undefined;
  if (exact || !normalized || addressMode === "clamp") return index < 0 ? 0 : extent - 1;
  const period = addressMode === "wrap" ? extent : 2 * extent;
  const place = index - period * Math.floor(index / period);
  return place < extent ? place : period - 1 - place;
}

/** One request of all lanes: the nth texel of each. */
function announce(
  memory: MemorySystem,
  lanes: readonly {
    readonly lane: number;
    readonly texture: TextureDescription;
    readonly corners: readonly Corner[];
  }[],
  n: number,
): void {
  if (memory.observe === null) return;
  let [reached, bytes] = [0, 0];
  for (const { lane, texture, corners } of lanes) {
    const place = corners[n]?.place;
    if (place === undefined) continue;
    bytes = texture.channels * texture.dtype.bytes;
    memory.addresses[lane] = texture.address + place * bytes;
    reached |= 1 << lane;
  }
  if (reached === 0) return;
  memory.observe({ space: "global", kind: "load", bytesPerLane: bytes, mask: reached, addresses: memory.addresses });
}

/** The values of a texel; channels that it does not have are 0. */
function readTexel(memory: MemorySystem, lane: number, texture: TextureDescription, place: number): number[] {
  const { dtype, channels, address, asFraction } = texture;
  const bytes = channels * dtype.bytes;
  const from = address + place * bytes;
  const region = regionOf(memory, lane, from, bytes, "load");
  const view = new DataView(region.u8.buffer);
  // What integers are divided by: 2^n - 1, and 2^(n - 1) - 1 with a sign, so that the least is -1 too.
  const most = asFraction ? 2 ** (8 * dtype.bytes - (dtype.kind === "signed" ? 1 : 0)) - 1 : 1;
  return Array.from({ length: channels }, (_, i) => {
    const value = Number(readElement(view, from - region.base + i * dtype.bytes, dtype));
    return asFraction ? Math.fround(Math.max(value / most, -1)) : value;
  });
}

function regionOf(memory: MemorySystem, lane: number, address: number, bytes: number, kind: AccessKind): MemoryRegion {
  const region = memory.global.find(address, bytes);
  return region ?? memory.refuse(lane, address, bytes, "global", kind);
}

/** Where a surface's bytes lie; undefined where there is nothing: .zero reads zeros and writes nowhere, .trap ends the launch. */
function surfaceAddress(
  memory: MemorySystem,
  lane: number,
  { width, height, depth, layers, channels, dtype, address }: TextureDescription,
  [x, y, z, layer]: Coordinates,
  size: number,
  outside: string,
): number | undefined {
  const pitch = width * channels * dtype.bytes;
  const rows = Math.max(height, 1);
  const slices = layers > 0 ? layers : Math.max(depth, 1);
  const slice = layers > 0 ? layer : z;
  const inside = x >= 0 && x + size <= pitch && y >= 0 && y < rows && slice >= 0 && slice < slices;
  if (!inside && outside === "trap") {
    memory.fail(lane, {
      kind: "out-of-bounds",
      what: `${size} bytes at (${x}, ${y}, ${slice}) of a surface of ${pitch} bytes by ${rows} by ${slices}`,
      fix: "The first coordinate counts bytes: multiply it with the size of an element.",
    });
  }
  if (!inside && outside === "zero") return undefined;
  const within = (value: number, most: number): number => Math.min(Math.max(value, 0), most);
  const column = within(x, pitch - size);
  if (column % size !== 0) {
    memory.fail(lane, {
      kind: "misaligned",
      what: `${size} bytes of a surface at byte ${column} of a row, which is not a multiple of ${size}`,
      fix: "The first coordinate counts bytes: multiply it with the size of an element.",
    });
  }
  return address + (within(slice, slices - 1) * rows + within(y, rows - 1)) * pitch + column;
}

function readSurface(
  { registers: { u32 } }: Warp,
  lane: number,
  { bytes }: PtxType,
  slot: number,
  region: MemoryRegion | undefined,
  at: number,
): void {
  if (bytes === 8) {
    u32[slot + 2 * lane] = region?.u32[at >>> 2] ?? 0;
    u32[slot + 2 * lane + 1] = region?.u32[(at >>> 2) + 1] ?? 0;
  } else {
    const word = bytes === 4 ? region?.u32[at >>> 2] : bytes === 2 ? region?.u16[at >>> 1] : region?.u8[at];
    u32[slot + lane] = word ?? 0;
  }
}

function writeSurface(
  { registers: { u32 } }: Warp,
  lane: number,
  { bytes }: PtxType,
  slot: number,
  region: MemoryRegion | undefined,
  at: number,
): void {
  if (region === undefined) return;
  region.dirty = true;
  if (bytes === 8) {
    region.u32[at >>> 2] = u32[slot + 2 * lane];
    region.u32[(at >>> 2) + 1] = u32[slot + 2 * lane + 1];
  } else if (bytes === 4) region.u32[at >>> 2] = u32[slot + lane];
  else if (bytes === 2) region.u16[at >>> 1] = u32[slot + lane];
  else region.u8[at] = u32[slot + lane];
}

// What a texture or surface is, as 64 bytes in global memory whose address is its handle: where the texels lie, how many there are, and
// how they are read between and beyond them. Host and kernels read the same bytes, so that a launch carries its textures wherever it
// carries its memory.
import { type DType, type DTypeName, dtypes } from "../../core/dtype.js";

export const addressModes = ["clamp", "border", "wrap", "mirror"] as const;
/** What lies beyond the edge: its last texel, zeros, the texels once more, or mirrored. */
export type AddressMode = (typeof addressModes)[number];
export const filterModes = ["point", "linear"] as const;
export type FilterMode = (typeof filterModes)[number];

export interface TextureDescription {
  /** The address of the first texel. */
  readonly address: number;
  readonly dtype: DType;
  /** Values of a texel: 1, 2 or 4. */
  readonly channels: number;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /** 0 where it has none. */
  readonly layers: number;
  readonly filter: FilterMode;
  readonly addressMode: AddressMode;
  /** Coordinates go from 0 to 1, and not to the extent. */
  readonly normalized: boolean;
  /** Integers are read as numbers from 0 or -1 to 1. */
  readonly asFraction: boolean;
}

export const descriptorBytes = 64;

/** "warptex1", to tell a handle from any other number. */
const mark = [0x7072_6177, 0x3178_6574];
const dtypeNames = Object.keys(dtypes) as readonly DTypeName[];

export function encodeTexture(texture: TextureDescription): Uint8Array {
  const words = new Uint32Array(descriptorBytes / 4);
  words.set([
    ...mark,
    texture.address % 2 ** 32,
    Math.floor(texture.address / 2 ** 32),
    texture.width,
    texture.height,
    texture.depth,
    texture.layers,
    texture.channels,
    dtypeNames.indexOf(texture.dtype.name),
    filterModes.indexOf(texture.filter),
    addressModes.indexOf(texture.addressMode),
    texture.normalized ? 1 : 0,
    texture.asFraction ? 1 : 0,
  ]);
  return new Uint8Array(words.buffer);
}

/** Undefined for bytes that are no texture. */
export function decodeTexture(words: Uint32Array): TextureDescription | undefined {
  if (words[0] !== mark[0] || words[1] !== mark[1]) return undefined;
  const [, , low, high, width, height, depth, layers, channels, dtype, filter, addressMode, normalized, fraction] =
    words;
  return {
    address: low + high * 2 ** 32,
    dtype: dtypes[dtypeNames[dtype]],
    channels,
    width,
    height,
    depth,
    layers,
    filter: filterModes[filter],
    addressMode: addressModes[addressMode],
    normalized: normalized === 1,
    asFraction: fraction === 1,
  };
}

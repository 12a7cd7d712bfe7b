// Textures and surfaces of arrays in a device's memory.

import { dtypes } from "../../core/dtype.js";
import { InputError, listChoices } from "../../core/errors.js";
import {
  type AddressMode,
  addressModes,
  encodeTexture,
  type FilterMode,
  filterModes,
} from "../simt/texture-descriptor.js";
import { allocateArray, type DeviceArray } from "./device-array.js";

export interface TextureOptions {
  /** Texels in a row; all of them where neither this nor another extent is given. */
  readonly width?: number;
  readonly height?: number;
  readonly depth?: number;
  /** Layers of one or two dimensions each; not together with a depth. */
  readonly layers?: number;
  /** Values of a texel: 1 unless given, 2 or 4. */
  readonly channels?: 1 | 2 | 4;
  /** What floating-point coordinates give: the texel that they lie in (`point`, the default), or a mean of its neighbours. */
  readonly filter?: FilterMode;
  /** What lies beyond the edge: its last texel (`clamp`, the default), zeros (`border`), the texels once more, or mirrored. */
  readonly address?: AddressMode;
  /** Coordinates go from 0 to 1. `wrap` and `mirror` need it. */
  readonly normalized?: boolean;
  /** `normalized` reads integers of 8 and 16 bits as numbers up to 1. */
  readonly read?: "element" | "normalized";
  readonly label?: string;
}

/**
 * A texture or surface of an array: what to pass where a kernel takes a cudaTextureObject_t or cudaSurfaceObject_t. It is 64 bytes in
 * the device's memory, and looks at the array as it is when the kernel runs. Throws InputError for extents that do not fit the array.
 */
export function textureOf(array: DeviceArray, options: TextureOptions = {}): DeviceArray<"u64"> {
  const label = options.label ?? `texture of ${array.label}`;
  const where = `texture of "${array.label}"`;
  const {
    channels = 1,
    filter = "point",
    address = "clamp",
    normalized = false,
    read = "element",
    layers = 0,
  } = options;
  const { height = 0, depth = 0 } = options;
  const refuse = (what: string, fix: string): never => {
    throw new InputError(what, { where, fix });
  };
  if (array.freed) refuse("the array has been freed", "Allocate it anew.");
  if (array.dtype.bytes > 4) refuse(`a texel cannot be ${array.dtype.name}`, "Texels have values of 8, 16 or 32 bits.");
  if (![1, 2, 4].includes(channels))
    refuse(`a texel has 1, 2 or 4 values, got ${channels}`, "Pad three values to four.");
  if (!filterModes.includes(filter)) refuse(`there is no filter "${filter}"`, `Take ${listChoices([...filterModes])}.`);
  if (!addressModes.includes(address))
    refuse(`there is no address mode "${address}"`, `Take ${listChoices([...addressModes])}.`);
  const rest = Math.max(height, 1) * Math.max(depth, 1) * Math.max(layers, 1) * channels;
  const width = options.width ?? Math.floor(array.length / rest);
  for (const [name, extent] of Object.entries({ width, height, depth, layers })) {
    if (!Number.isInteger(extent) || extent < 0 || (name === "width" && extent === 0)) {
      refuse(`its ${name} must be a whole number, got ${extent}`, "Count texels.");
    }
  }
  if (depth > 0 && layers > 0) refuse("it has a depth and layers", "Take one of the two.");
  if (depth > 0 && height === 0) refuse("it has a depth and no height", "Give the height, too.");
  if (width * rest > array.length) {
    refuse(
      `${width * rest} values, where the array has ${array.length}`,
      "width * height * depth * layers * channels must fit the array.",
    );
  }
  if ((address === "wrap" || address === "mirror") && !normalized) {
    refuse(`"${address}" needs coordinates from 0 to 1`, "Add { normalized: true }.");
  }
  const asFraction = read === "normalized";
  if (asFraction && (array.dtype.kind === "float" || array.dtype.bytes > 2)) {
    refuse(`${array.dtype.name} cannot be read as numbers up to 1`, "Only integers of 8 and 16 bits can.");
  }
  if (filter === "linear" && !asFraction && array.dtype.kind !== "float") {
    refuse(
      `there is nothing between two texels of ${array.dtype.name}`,
      'Take the filter "point", or read: "normalized".',
    );
  }
  const descriptor = allocateArray(array.memory, dtypes.u64, 8, label);
  descriptor.region.u8.set(
    encodeTexture({
      address: array.address,
      dtype: array.dtype,
      channels,
      width,
      height,
      depth,
      layers,
      filter,
      addressMode: address,
      normalized,
      asFraction,
    }),
  );
  return descriptor;
}

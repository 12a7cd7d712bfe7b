// Textures and surfaces, by handles of 64 bits.
import { type InstructionRow, rows } from "./row.js";

const shapes = "1d|2d|3d|a1d|a2d";

export const textures: readonly InstructionRow[] = rows("memory", [
  [
    `tex .shape=${shapes} .vec=v4 .type=u32|s32|f32 .coordinates=s32|f32`,
    "d:elements a:texture",
    "d = the texel at the coordinates, or of floating-point ones what lies between texels, as the texture says",
  ],
  [
    "txq .query=width|height|depth|array_size .type=b32",
    "d a:handle",
    "d = the extent of a texture in texels, or its layers",
  ],
  [
    "suq .query=width|height|depth|array_size .type=b32",
    "d a:handle",
    "d = the extent of a surface in elements, or its layers",
  ],
  [
    `suld .b .shape=${shapes} ?.vec=v2|v4 .type=b8|b16|b32|b64 .outside=trap|clamp|zero`,
    "d:texels a:surface",
    "d = the bytes of a surface at the coordinates, of which the first counts bytes",
  ],
  [
    `sust .b .shape=${shapes} ?.vec=v2|v4 .type=b8|b16|b32|b64 .outside=trap|clamp|zero`,
    "a:surface b:texels",
    "the bytes of a surface at the coordinates = b",
  ],
]);

/** How many coordinates a shape has, and how many a vector of them is written with at most: PTX pads three to four. */
export const coordinateCounts: Readonly<Record<string, readonly [used: number, written: number]>> = {
  "1d": [1, 1],
  "2d": [2, 2],
  "3d": [3, 4],
  // The first is the layer.
  a1d: [2, 2],
  a2d: [3, 4],
};

// Textures and surfaces, held against the same on lists.
import { f32, i16, u8 } from "../../src/core/dtype.js";
import { Chance } from "./exact.js";
import { casesOf, type KernelCase, list } from "./kernel-case.js";

const [width, height] = [11, 7];

export const textures: readonly KernelCase[] = casesOf("textures", {
  palette({ gpu, launch }) {
    const chance = new Chance(120);
    const [colours, numbers] = [chance.wholes(4 * 16, 0, 255), chance.wholes(60, 0, 15)];
    const out = gpu.zeros(u8, 240);
    const texture = gpu.texture(gpu.array(u8, colours), { width: 16, channels: 4 });
    launch({ grid: 2, block: 32 }, [texture, 60, gpu.array(u8, numbers), out]);
    return [{ what: "out", got: out.toArray(), expected: numbers.flatMap((n) => colours.slice(4 * n, 4 * n + 4)) }];
  },

  // First along rows, then along columns; quarters of whole numbers are exact.
  enlarge({ gpu, launch }) {
    const picture = new Chance(121).wholes(width * height, 0, 255);
    const out = gpu.zeros(f32, 4 * width * height);
    const texture = gpu.texture(gpu.array(f32, picture), { width, height, filter: "linear" });
    launch({ grid: [2, 1], block: [16, 16] }, [texture, out]);
    const doubled = (line: readonly number[]): number[] =>
      line.flatMap((value, i) => [line[i - 1] ?? value, line[i + 1] ?? value].map((other) => (3 * value + other) / 4));
    const rows = list(height, (y) => doubled(picture.slice(width * y, width * y + width)));
    const columns = list(2 * width, (x) => doubled(rows.map((row) => row[x])));
    const expected = list(4 * width * height, (at) => columns[at % (2 * width)][Math.floor(at / (2 * width))]);
    return [{ what: "out", got: out.toArray(), expected }];
  },

  quarterTurn({ gpu, launch }) {
    const x = new Chance(122).wholes(2 * width * height, -999, 999);
    const [from, to] = [gpu.array(i16, x), gpu.zeros(i16, x.length)];
    const surfaces = [
      gpu.texture(from, { width, height, channels: 2 }),
      gpu.texture(to, { width: height, height: width, channels: 2 }),
    ];
    launch({ grid: 1, block: [16, 8] }, surfaces);
    const rows = list(height, (y) => list(width, (i) => x.slice(2 * (width * y + i), 2 * (width * y + i) + 2)));
    const expected = list(width, (column) => rows.map((row) => row[column]).reverse()).flat(2);
    return [{ what: "to", got: to.toArray(), expected }];
  },
});

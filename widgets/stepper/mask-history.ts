// The active mask of a warp over its steps, reduced to as many columns as a picture has. Knows nothing of drawing.
import { popcount } from "../../src/gpu/simt/warp.js";

/**
 * The share of steps, from 0 to 255, in which each lane was active, column after column of 32 lanes. Every step counts in
 * exactly one column.
 */
export function laneActivity(masks: Uint32Array, columns: number): Uint8Array {
  const shares = new Uint8Array(columns * 32);
  const counts = new Uint32Array(32);
  for (let column = 0; column < columns; column++) {
    const from = Math.floor((column * masks.length) / columns);
    const to = Math.floor(((column + 1) * masks.length) / columns);
    if (to === from) continue;
    counts.fill(0);
    for (let step = from; step < to; step++) {
      for (let rest = masks[step]; rest !== 0; rest &= rest - 1) counts[31 - Math.clz32(rest & -rest)]++;
    }
    for (let lane = 0; lane < 32; lane++) shares[column * 32 + lane] = Math.round((255 * counts[lane]) / (to - from));
  }
  return shares;
}

/** Active lanes over all steps. */
export function activeLanes(masks: Uint32Array): number {
  let sum = 0;
  for (const mask of masks) sum += popcount(mask);
  return sum;
}

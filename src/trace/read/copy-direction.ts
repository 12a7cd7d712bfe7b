// Which way a copy goes, as tools and names of calls spell it. Knows no format.
import type { CopyDirection } from "../timeline/index.js";

/** The direction that a word or a call's name says: `H2D`, `cuMemcpyHtoDAsync_v2`, `Memcpy HtoD (Pageable -> Device)`; empty for none. */
export function copyDirectionOf(text: string): CopyDirection {
  return spellings.find(([pattern]) => pattern.test(text))?.[1] ?? "";
}

const spellings: readonly (readonly [RegExp, CopyDirection])[] = [
  [/peer|P2P|PtoP/i, "peer to peer"],
  [/HtoD|H2D|host ?to ?device|^h\s*->\s*d$/i, "host to device"],
  [/DtoH|D2H|device ?to ?host/i, "device to host"],
  [/DtoD|D2D|device ?to ?device/i, "device to device"],
  // An array of CUDA lies on the device.
  [/HtoA|H2A/, "host to device"],
  [/AtoH|A2H/, "device to host"],
  [/AtoA|A2A|AtoD|A2D|DtoA|D2A/, "device to device"],
  [/HtoH|H2H|host ?to ?host/i, "host to host"],
];

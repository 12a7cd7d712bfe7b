// What the lanes of a warp do together.
import { type InstructionRow, rows } from "./row.js";

export const warpLevel: readonly InstructionRow[] = rows("warp", [
  ["shfl .sync .mode=up|down|bfly|idx .type=b32", "d:pair a b:u32 c:u32 m:u32", "d = a of another lane"],
  ["vote .sync .mode=all|any|uni .type=pred", "d a:pred m:u32", "d = whether a holds in all or any lanes of the mask"],
  ["vote .sync .mode=ballot .type=b32", "d a:pred m:u32", "d = the lanes of the mask in which a holds, as bits"],
  ["match .any .sync .type=b32|b64", "d:u32 a m:u32", "d = the lanes of the mask that have the same a, as bits"],
  [
    "match .all .sync .type=b32|b64",
    "d:match a m:u32",
    "d = the mask where all its lanes have the same a, else 0; of d|p, p says which",
  ],
  ["redux .sync .op=add|min|max .type=u32|s32", "d a m:u32", "d = the sum, smallest or largest a of the mask's lanes"],
  ["redux .sync .op=and|or|xor .type=b32", "d a m:u32", "d = the a of the mask's lanes, combined bit by bit"],
  ["elect .sync", "d:match m:u32", "p of d|p = whether this lane is the lowest of the mask; d = that lane"],
  ["activemask .type=b32", "d", "d = the lanes that run together now, as bits"],
]);

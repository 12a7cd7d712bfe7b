// Where a thread goes on, and where threads wait for each other.
import { type InstructionRow, rows, scopes } from "./row.js";

export const control: readonly InstructionRow[] = [
  ...rows("control", [
    ["bra ?.uni", "a:label", "goes on at the label"],
    ["ret ?.uni", "", "ends the thread"],
    ["exit", "", "ends the thread"],
    ["trap", "", "ends the launch with a fault"],
    ["nanosleep .type=u32", "a", "waits for about a nanoseconds; no time passes here"],
  ]),
  ...rows("synchronisation", [
    ["bar ?.cta .sync", "a:u32 ?b:u32", "waits for all threads of the block"],
    ["barrier ?.cta .sync ?.aligned", "a:u32 ?b:u32", "waits for all threads of the block"],
    ["bar .warp .sync", "a:u32", "waits for the lanes of the mask"],
    ["membar .level=cta|gl|sys", "", "orders memory accesses"],
    [`fence ?.sem=sc|acq_rel .scope=${scopes}`, "", "orders memory accesses"],
  ]),
];

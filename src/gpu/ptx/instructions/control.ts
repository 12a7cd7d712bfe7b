// Where a thread goes on, and where threads wait for each other.
import { type InstructionRow, rows, scopes } from "./row.js";

export const control: readonly InstructionRow[] = [
  ...rows("control", [
    ["bra ?.uni", "a:label", "goes on at the label"],
    ["brx .idx ?.uni", "a:u32 t:labels", "goes on at label a of the list"],
    ["call ?.uni", "f:function", "executes a function, and goes on when it returns"],
    ["ret ?.uni", "", "returns from a function, or ends the thread"],
    ["exit", "", "ends the thread"],
    ["trap", "", "ends the launch with a fault"],
    ["nanosleep .type=u32", "a", "waits for about a nanoseconds; here others have a turn and no time passes"],
  ]),
  ...rows("synchronisation", [
    ["bar ?.cta .sync", "a:u32 ?threads:u32", "waits at barrier a for so many threads, or all of the block"],
    ["bar ?.cta .arrive", "a:u32 threads:u32", "comes to barrier a and goes on; others wait there"],
    ["bar ?.cta .red .op=popc .type=u32", "d a:u32 c:pred", "waits at barrier a; d = in how many threads c holds"],
    ["bar ?.cta .red .op=popc .type=u32", "d a:u32 threads:u32 c:pred", "the same, for so many threads"],
    [
      "bar ?.cta .red .op=and|or .type=pred",
      "d a:u32 c:pred",
      "waits at barrier a; d = whether c holds in all or any threads",
    ],
    ["bar ?.cta .red .op=and|or .type=pred", "d a:u32 threads:u32 c:pred", "the same, for so many threads"],
    ["barrier ?.cta .sync ?.aligned", "a:u32 ?threads:u32", "waits at barrier a, as bar does"],
    ["barrier ?.cta .arrive ?.aligned", "a:u32 threads:u32", "comes to barrier a and goes on, as bar does"],
    ["barrier ?.cta .red .op=popc ?.aligned .type=u32", "d a:u32 c:pred", "waits and counts, as bar does"],
    ["barrier ?.cta .red .op=popc ?.aligned .type=u32", "d a:u32 threads:u32 c:pred", "the same, for so many threads"],
    ["barrier ?.cta .red .op=and|or ?.aligned .type=pred", "d a:u32 c:pred", "waits and combines, as bar does"],
    [
      "barrier ?.cta .red .op=and|or ?.aligned .type=pred",
      "d a:u32 threads:u32 c:pred",
      "the same, for so many threads",
    ],
    ["bar .warp .sync", "a:u32", "waits for the lanes of the mask"],
    ["membar .level=cta|gl|sys", "", "orders memory accesses"],
    [`fence ?.sem=sc|acq_rel .scope=${scopes}`, "", "orders memory accesses"],
  ]),
];

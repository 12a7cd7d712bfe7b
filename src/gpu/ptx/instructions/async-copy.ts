// Copies that go on beside the threads, the barriers in shared memory that tell when they are done, and what orders them.
import { type InstructionRow, type RowText, rows } from "./row.js";

const prefetches = "?.prefetch=L2::64B|L2::128B|L2::256B";
const hint = "?.hint=L2::cache_hint";

/** Semantics come with a scope. */
function ordered(sem: string): string {
  return `?.sem=${sem}.cta|${sem}.cluster|relaxed.cta|relaxed.cluster`;
}

function copy(cache: string, sizes: string): RowText {
  return [
    `cp .async .cache=${cache} .space=shared .from=global ${hint} ${prefetches}`,
    `a:sharedAddress b:globalAddress n:${sizes} ?s:copied h:policy`,
    "n bytes at a in shared memory = those at b, as soon as they are waited for; only the first s of them, or none under a predicate s, the rest zeros",
  ];
}

/** arrive and arrive_drop. */
function arrivals(opcode: string, does: string): RowText[] {
  const start = `mbarrier .${opcode}`;
  const gives = `${does}; d = what it was before`;
  return [
    [`${start} ${ordered("release")} ?.space=shared .type=b64`, "d:old a:barrier ?count:u32", gives],
    [
      `${start} .expect_tx ${ordered("release")} ?.space=shared .type=b64`,
      "d:old a:barrier bytes:u32",
      `as many bytes more are expected, and ${gives}`,
    ],
    [
      `${start} .noComplete ?.sem=release.cta ?.space=shared .type=b64`,
      "d:old a:barrier count:u32",
      `${gives}; the phase must not end by it`,
    ],
  ];
}

/** test_wait and try_wait. */
function waits(opcode: string, time: string): RowText[] {
  const end = `${ordered("acquire")} ?.space=shared .type=b64`;
  return [
    [
      `mbarrier .${opcode} .parity ${end}`,
      `d:pred a:barrier parity:u32${time}`,
      "d = whether the phase of that parity has ended",
    ],
    [
      `mbarrier .${opcode} ${end}`,
      `d:pred a:barrier state${time}`,
      "d = whether the phase has ended in which state was given",
    ],
  ];
}

export const asynchronous: readonly InstructionRow[] = [
  ...rows("memory", [
    copy("ca", "4|8|16"),
    copy("cg", "16"),
    ["cp .async .commit_group", "", "the thread's copies since the last group are a group"],
    ["cp .async .wait_group", "n:literal", "waits for all groups of the thread but the newest n"],
    ["cp .async .wait_all", "", "waits for all copies of the thread"],
    [
      "cp .async .mbarrier .arrive ?.noinc ?.space=shared .type=b64",
      "a:barrier",
      "arrives at the barrier when all copies of the thread so far are done; without .noinc one more arrival is expected for it",
    ],
    [
      `cp .async .bulk .space=shared::cluster|shared::cta .from=global .done=mbarrier::complete_tx::bytes ${hint}`,
      "a:sharedAddress b:globalAddress size:u32 m:sharedAddress h:policy",
      "the bytes at a = those at b; the barrier m is told when they are there",
    ],
    [
      `cp .async .bulk .space=global .from=shared::cta .done=bulk_group ${hint}`,
      "a:globalAddress b:sharedAddress size:u32 h:policy",
      "the bytes at a = those at b, as soon as they are waited for",
    ],
    ["cp .async .bulk .commit_group", "", "the thread's bulk copies to global memory since the last group are a group"],
    ["cp .async .bulk .wait_group ?.read", "n:literal", "waits for all bulk groups of the thread but the newest n"],
    [
      `cp .async .bulk .prefetch .L2 .from=global ${hint}`,
      "a:globalAddress size:u32 h:policy",
      "brings the bytes at a closer; nothing that a program can see",
    ],
  ]),
  ...rows("synchronisation", [
    [
      "mbarrier .init ?.space=shared .type=b64",
      "a:barrier count:u32",
      "the barrier at a waits for count arrivals in each phase",
    ],
    ["mbarrier .inval ?.space=shared .type=b64", "a:barrier", "there is no barrier at a any more"],
    [
      `mbarrier .expect_tx ?.sem=relaxed.cta|relaxed.cluster ?.space=shared .type=b64`,
      "a:barrier bytes:u32",
      "the phase waits for as many bytes more",
    ],
    [
      `mbarrier .complete_tx ?.sem=relaxed.cta|relaxed.cluster ?.space=shared .type=b64`,
      "a:barrier bytes:u32",
      "the phase waits for as many bytes fewer",
    ],
    ...arrivals("arrive", "arrives at the barrier, count times"),
    ...arrivals("arrive_drop", "arrives at the barrier, count times, and for all later phases"),
    ...waits("test_wait", ""),
    ...waits("try_wait", " ?time:u32"),
    ["mbarrier .pending_count .type=b64", "d:u32 state", "d = the arrivals that were awaited when state was given"],
    [
      "fence .proxy .kind=async.global|async.shared::cta|async.shared::cluster|async|alias",
      "",
      "orders accesses by different ways; here there is one",
    ],
    ["fence .mbarrier_init .release .cluster", "", "shows barriers that were made; here they are seen at once"],
    ["griddepcontrol .kind=launch_dependents|wait", "", "lets dependent grids start; here one grid runs after another"],
  ]),
];

// A launch as its summary: shape, what stands out, and every counter with what it means, held against what would be ideal.
// Judges by its own limits, which are named here; knows no notebook.
import { formatDim3, volume } from "../core/dim3.js";
import type { Launch } from "../gpu/host/index.js";
import { type Card, cardHtml, type Figure, type Verdict } from "./card.js";
import { formatNumber, tableHtml } from "./table.js";

/** Where a share of active lanes stops being good, and stops being fair. */
const laneLimits = { good: 0.9, fair: 0.6 };
/** How many times the ideal is still good, and still fair: for sectors of a request and passes over the banks. */
const excessLimits = { good: 1.25, fair: 2 };
/** The share of branches that may diverge. */
const divergenceLimits = { good: 0.02, fair: 0.1 };

/** The card of a launch, as HTML that stands alone. */
export function launchCard(launch: Launch): string {
  const card = cardHtml(cardOf(launch));
  if (launch.findings.length === 0) return card;
  // The message names block and thread. In words of different widths its caret would point at nothing.
  const traced = launch.findings.every(({ line }) => line !== null);
  const findings = launch.findings.map(({ kind, line, ptx_line, allocation, message }) => ({
    kind,
    ...(traced ? { line } : { line: line ?? "", "PTX line": ptx_line }),
    in: allocation ?? "",
    message: message.replace(/\n *\^ *(?=\n|$)/g, ""),
  }));
  return card + tableHtml(findings, { caption: "What the sanitizer found", sentences: ["message"] });
}

/** The sentences that the card begins with: what is bad or fair, or that nothing is. */
export function launchRemarks(launch: Launch): readonly { readonly text: string; readonly verdict: Verdict }[] {
  const found = [lanes(launch), branches(launch), ...sectors(launch), ...banks(launch)].flatMap(
    ({ verdict, sentence }) => (sentence === undefined ? [] : [{ text: sentence, verdict }]),
  );
  const order = (verdict: Verdict) => (verdict === "bad" ? 0 : 1);
  found.sort((a, b) => order(a.verdict) - order(b.verdict));
  const { length } = launch.findings;
  if (length > 0) {
    const text = `The sanitizer found ${length === 1 ? "one mistake" : `${length} mistakes`}: see below.`;
    found.unshift({ text, verdict: "bad" });
  }
  return found.length > 0 ? found : [{ text: "Nothing stands out: no waste was counted.", verdict: "good" }];
}

interface JudgedFigure extends Figure {
  readonly verdict: Verdict;
  /** What the card begins with, where this is worth it. */
  readonly sentence?: string;
}

function cardOf(launch: Launch): Card {
  const { counters, grid, block } = launch;
  const blocks = volume(grid);
  const threads = volume(block);
  const warps = blocks * Math.ceil(threads / 32);
  return {
    kind: "launch",
    title: launch.kernel,
    beside: `on ${launch.device}`,
    facts: [
      { name: "grid", value: formatDim3(grid), meaning: "All blocks of the launch." },
      { name: "block", value: formatDim3(block), meaning: "Threads of one block: they share memory and barriers." },
      { name: "threads", value: count(blocks * threads), meaning: "Runs of the kernel's function: blocks x threads." },
      { name: "warps", value: count(warps), meaning: "32 threads of a block that execute one instruction together." },
      {
        name: "steps",
        value: count(counters.warp_instructions),
        meaning: "Warp instructions: each is one step, for all active lanes of a warp.",
      },
      {
        name: "cycles",
        value: count(launch.cycles),
        meaning: `An estimate by the ${launch.model} model: ${formatNumber(launch.seconds * 1e6)} us at the device's clock. Not held against measurements.`,
      },
    ],
    remarks: launchRemarks(launch),
    figures: [
      lanes(launch),
      branches(launch),
      ...sectors(launch),
      ...banks(launch),
      ...waiting(launch),
      ...occupied(launch),
      ...work(launch),
    ],
  };
}

function lanes({ laneEfficiency, block }: Launch): JudgedFigure {
  const verdict = atLeast(laneEfficiency, laneLimits);
  const threads = volume(block);
  const empty = 32 * Math.ceil(threads / 32) - threads;
  const reasons = [
    ...(empty === 0 ? [] : [`a block of ${threads} leaves ${empty} lanes of its last warp empty`]),
    // Where the empty lanes do not explain it alone, something else leaves lanes out too.
    ...(laneEfficiency < (0.98 * threads) / (threads + empty) ? ["lanes diverge or end early"] : []),
  ];
  const why = reasons.join("; ");
  return {
    name: "active lanes",
    value: percent(laneEfficiency),
    share: laneEfficiency,
    verdict,
    meaning:
      "SIMT efficiency: active lanes as a share of the 32 that each warp instruction has. Divergence and blocks that do not fill their last warp lower it.",
    remark: verdict === "good" ? "warps run nearly full" : why,
    ...(verdict === "good" ? {} : { sentence: `Only ${percent(laneEfficiency)} of the lanes are active: ${why}.` }),
  };
}

function branches({ counters, branchEfficiency, laneEfficiency }: Launch): JudgedFigure {
  const { divergent_branches: divergent, branches: all } = counters;
  const name = "divergence";
  const meaning = "Branches at which the lanes of a warp went different ways, so that the warp runs both ways in turn.";
  if (all === 0) return { name, meaning, value: "no branches", verdict: "plain" };
  const share = 1 - branchEfficiency;
  // Divergence costs what it leaves idle: the last warp of an ordinary `if (i < n)` costs next to nothing.
  const isCheap = divergent > 0 && laneEfficiency >= laneLimits.good;
  const verdict = isCheap ? "plain" : atMost(share, divergenceLimits);
  return {
    name,
    meaning,
    value: `${count(divergent)} of ${count(all)}`,
    verdict,
    remark: divergent === 0 ? "no branch diverges" : `${percent(share)} of the branches diverge`,
    ...(verdict === "good" || verdict === "plain"
      ? {}
      : { sentence: `${percent(share)} of the branches diverge: ${count(divergent)} of ${count(all)}.` }),
  };
}

function sectors({ counters, idealSectors }: Launch): JudgedFigure[] {
  const { global_load_requests, global_load_sectors, global_store_requests, global_store_sectors } = counters;
  return [
    ...coalescing("loads", global_load_requests, global_load_sectors, idealSectors.load),
    ...coalescing("stores", global_store_requests, global_store_sectors, idealSectors.store),
  ];
}

// Theoretical: what would be on an SM at a time. More is not always better, so that nothing is judged.
function occupied({ occupancy }: Launch): JudgedFigure[] {
  if (occupancy === undefined) return [];
  const { activeBlocksPerSm, activeWarpsPerSm, maxWarpsPerSm, limiter, registersPerThread, registersFrom } = occupancy;
  const source = registersFrom === "stated" ? "" : ` (${registersFrom})`;
  return [
    {
      name: "occupancy",
      value: percent(occupancy.occupancy),
      share: occupancy.occupancy,
      verdict: "plain",
      meaning:
        "Warps that an SM holds at a time, as a share of the most it can: in theory, by the rules of NVIDIA's calculator. While some wait for memory, others run.",
      remark: `${activeWarpsPerSm} of ${maxWarpsPerSm} warps, ${activeBlocksPerSm} ${activeBlocksPerSm === 1 ? "block" : "blocks"} an SM; limited by ${limiter}; ${registersPerThread} registers a thread${source}`,
    },
    {
      name: "waves",
      value: count(occupancy.waves),
      verdict: "plain",
      meaning: "How many times the device is filled with blocks. The last time it may be nearly empty: the tail.",
      remark: `the last one is ${percent(occupancy.lastWave)} full`,
    },
  ];
}

function coalescing(what: "loads" | "stores", requests: number, touched: number, ideal: number): JudgedFigure[] {
  if (requests === 0) return [];
  const [each, best] = [touched / requests, ideal / requests];
  const excess = touched / ideal;
  const verdict = atMost(excess, excessLimits);
  const remark =
    excess < 0.995
      ? `fewer than the ${formatNumber(best, 3)} side by side: lanes share values`
      : verdict === "good"
        ? `coalesced: ${formatNumber(best, 3)} would be ideal`
        : `${formatNumber(best, 3)} would do: ${formatNumber(excess, 2)} times as much traffic`;
  return [
    {
      name: `global ${what}`,
      value: `${formatNumber(each, 3)} ${each === 1 ? "sector" : "sectors"} a request`,
      verdict,
      share: Math.min(1, 1 / excess),
      meaning:
        `Coalescing: the 32-byte sectors that a warp's ${what} touch, over ${count(requests)} requests; ` +
        "ideal is what the same bytes would fill side by side. The bar is the share of the traffic that is needed.",
      remark,
      ...(verdict === "good"
        ? {}
        : {
            sentence: `Global ${what} are not coalesced: ${formatNumber(each, 3)} sectors a request where ${formatNumber(best, 3)} would do.`,
          }),
    },
  ];
}

function banks({ counters, bankConflicts }: Launch): JudgedFigure[] {
  const requests = counters.shared_load_requests + counters.shared_store_requests;
  if (requests === 0) return [];
  const passes = 1 + bankConflicts / requests;
  const verdict = atMost(passes, excessLimits);
  const each = `${formatNumber(passes, 3)} passes a request where 1 would do`;
  return [
    {
      name: "bank conflicts",
      value: count(bankConflicts),
      verdict,
      meaning: `Passes over the 32 banks of shared memory beyond the first, over ${count(requests)} requests: lanes that ask one bank for different words wait for each other.`,
      remark: bankConflicts === 0 ? "every request takes one pass" : each,
      ...(verdict === "good" ? {} : { sentence: `Shared memory has bank conflicts: ${each}.` }),
    },
  ];
}

function waiting({ counters }: Launch): Figure[] {
  const { barriers, atomic_requests: atomics, local_bytes: local } = counters;
  return [
    ...(barriers === 0
      ? []
      : [
          {
            name: "barriers",
            value: count(barriers),
            meaning: "Warp instructions that wait until all threads of the block have come (syncthreads).",
          },
        ]),
    ...(atomics === 0
      ? []
      : [
          {
            name: "atomics",
            value: count(atomics),
            meaning: "Requests that read, change and write with nobody in between.",
          },
        ]),
    ...(local === 0
      ? []
      : [
          {
            name: "local memory",
            value: bytes(local),
            meaning: "A thread's own memory, for what does not fit its registers.",
          },
        ]),
  ];
}

function work({ counters, flopPerByte, work: asked }: Launch): Figure[] {
  const parts = [
    ["FP16", counters.flop_f16],
    ["FP32", counters.flop_f32],
    ["FP64", counters.flop_f64],
    ["tensor", counters.flop_tensor],
  ] as const;
  const flop = parts.filter(([, operations]) => operations > 0);
  const { l2 = 0, dram } = asked.bytes;
  return [
    {
      name: "FLOP",
      value: flop.length === 0 ? "none" : flop.map(([name, operations]) => `${count(operations)} ${name}`).join(" + "),
      meaning: "Floating-point operations of active lanes; a fused multiply-add is two.",
    },
    {
      name: "global memory",
      value: bytes(l2),
      meaning: "The sectors that requests touched, each time counted: traffic between L1 and L2 if L1 kept nothing.",
      remark: `read ${bytes(counters.bytes_global_read)}, written ${bytes(counters.bytes_global_written)} by lanes`,
    },
    {
      name: "DRAM",
      value: bytes(dram),
      meaning:
        "The sectors that were read and those that were written, each once: what DRAM moves if L2 keeps everything.",
    },
    ...(Number.isFinite(flopPerByte)
      ? [
          {
            name: "arithmetic intensity",
            value: `${formatNumber(flopPerByte, 3)} FLOP/byte`,
            meaning:
              "Operations per byte of the sectors of all requests: where the launch stands under the ceiling of L2.",
          },
        ]
      : []),
  ];
}

function atLeast(value: number, limits: { good: number; fair: number }): Verdict {
  return value >= limits.good ? "good" : value >= limits.fair ? "fair" : "bad";
}

function atMost(value: number, limits: { good: number; fair: number }): Verdict {
  return value <= limits.good ? "good" : value <= limits.fair ? "fair" : "bad";
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

function percent(share: number): string {
  return `${formatNumber(100 * share, 2)} %`;
}

function bytes(value: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const step = value < 10_000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  return `${formatNumber(value / 1000 ** step, step === 0 ? 15 : 3)} ${units[step]}`;
}

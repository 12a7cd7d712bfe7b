import { describe, expect, it } from "vitest";
import { f32, i32 } from "../../src/core/dtype.js";
import { type Launch, VirtualGPU } from "../../src/gpu/host/index.js";
import { kernel } from "../../src/gpu/language/index.js";
import { launchCard, launchRemarks } from "../../src/view/launch-card.js";

const gpu = new VirtualGPU("h100");
const x = gpu.zeros(f32, 32 * 1024, { label: "x" });

/** Each thread adds one to the element `stride` times its index. */
const strided = kernel("strided", { stride: i32, x: f32.ptr }, ({ stride, x }, { threadIdx }) => {
  const at = threadIdx.x * stride;
  x[at] = x[at] + 1;
});

const odd = kernel("odd", { x: f32.ptr }, ({ x }, { threadIdx }) => {
  if ((threadIdx.x & 1) === 1) x[threadIdx.x] = x[threadIdx.x] * 2 + 1;
  else x[threadIdx.x] = 0;
});

const conflicting = kernel("conflicting", { x: f32.ptr }, ({ x }, { threadIdx, shared, syncthreads, f32 }) => {
  const tile = shared(f32, 1024);
  tile[threadIdx.x * 32] = x[threadIdx.x];
  syncthreads();
  x[threadIdx.x] = tile[threadIdx.x * 32];
});

const looping = kernel("looping", { n: i32, x: f32.ptr }, ({ n, x }, { threadIdx }) => {
  for (let k = 0; k < n; k++) x[threadIdx.x] = x[threadIdx.x] + 1;
});

const guarded = kernel("guarded", { n: i32, x: f32.ptr }, ({ n, x }, { blockIdx, blockDim, threadIdx }) => {
  const i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) x[i] = x[i] + 1;
});

const launches = {
  guarded: gpu.launch(guarded, { grid: 4, block: 256 }, { n: 1000, x }),
  looping: gpu.launch(looping, { grid: 1, block: 32 }, { n: 10, x }),
  good: gpu.launch(strided, { grid: 2, block: 64 }, { stride: 1, x }),
  strided: gpu.launch(strided, { grid: 1, block: 32 }, { stride: 32, x }),
  partial: gpu.launch(strided, { grid: 1, block: 8 }, { stride: 1, x }),
  odd: gpu.launch(odd, { grid: 1, block: 32 }, { x }),
  conflicting: gpu.launch(conflicting, { grid: 1, block: 32 }, { x }),
};

/** What a reader sees: the text without markup and style, a line for each row, item and fact. */
function textOf(html: string): string {
  return html
    .replace(/<style>.*?<\/style>/gs, "")
    .replace(/<\/(?:li|tr|div|ul)>/g, "\n")
    .replace(/<\/(?:th|td)>/g, " | ")
    .replace(/<[^>]*>/g, "")
    .split("\n")
    .map((line) => line.replace(/[ |]+$/, "").trim())
    .filter((line) => line !== "")
    .join("\n");
}

const remarks = (launch: Launch): string[] => launchRemarks(launch).map(({ text, verdict }) => `${verdict}: ${text}`);

describe("the card of a launch", () => {
  it("says shape, counters and what they mean", () => {
    expect(textOf(launchCard(launches.good))).toBe(
      `launch strided on H100 SXM
grid (2)block (64)threads 128warps 4steps ${launches.good.counters.warp_instructions}cycles ${launches.good.cycles}
● Nothing stands out: no waste was counted.
active lanes | 100 % | ● warps run nearly full
divergence | no branches
global loads | 4 sectors a request | ● coalesced: 4 would be ideal
global stores | 4 sectors a request | ● coalesced: 4 would be ideal
occupancy | 100 % | 64 of 64 warps, 32 blocks an SM; limited by warps; 8 registers a thread (estimate)
waves | 1 | the last one is 0.047 % full
FLOP | 128 FP32
global memory | 1,024 bytes | read 512 bytes, written 512 bytes by lanes
DRAM | 512 bytes
arithmetic intensity | 0.125 FLOP/byte`,
    );
  });

  it("begins with what is bad, in words", () => {
    expect(remarks(launches.strided)).toEqual([
      "bad: Global loads are not coalesced: 32 sectors a request where 4 would do.",
      "bad: Global stores are not coalesced: 32 sectors a request where 4 would do.",
    ]);
    expect(textOf(launchCard(launches.strided))).toContain(
      "global loads | 32 sectors a request | ■ 4 would do: 8 times as much traffic",
    );
  });

  it("says why lanes are not active", () => {
    expect(remarks(launches.partial)).toEqual([
      "bad: Only 25 % of the lanes are active: a block of 8 leaves 24 lanes of its last warp empty.",
    ]);
    expect(remarks(launches.odd)).toEqual([
      "bad: 50 % of the branches diverge: 1 of 2.",
      "fair: Only 68 % of the lanes are active: lanes diverge or end early.",
      "fair: Global loads are not coalesced: 4 sectors a request where 2 would do.",
      "fair: Global stores are not coalesced: 4 sectors a request where 2 would do.",
    ]);
  });

  it("does not take lanes for idle that only do not take a branch", () => {
    expect(launches.looping.counters.thread_instructions).toBeLessThan(
      32 * launches.looping.counters.warp_instructions,
    );
    expect(launches.looping.laneEfficiency).toBe(1);
  });

  it("states the last warp of an ordinary bound without a warning", () => {
    expect(launches.guarded.counters.divergent_branches).toBe(1);
    expect(remarks(launches.guarded)).toEqual(["good: Nothing stands out: no waste was counted."]);
    expect(textOf(launchCard(launches.guarded))).toContain("divergence | 1 of 32 | 3.1 % of the branches diverge");
  });

  it("says what bank conflicts cost, and counts barriers", () => {
    expect(remarks(launches.conflicting)).toEqual([
      "bad: Shared memory has bank conflicts: 32 passes a request where 1 would do.",
    ]);
    expect(textOf(launchCard(launches.conflicting))).toMatch(/barriers \| 1\n/);
  });

  it("explains every figure to whoever points at it", () => {
    const html = launchCard(launches.conflicting);
    for (const head of html.match(/<th [^>]*>/g) ?? []) expect(head).toMatch(/ title="[A-Z][^"]{20,}"/);
  });

  it("stands alone", () => {
    expect(launchCard(launches.good)).not.toMatch(/<script|https?:|<img/);
  });
});

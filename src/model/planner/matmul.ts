// How a library would multiply matrices on a device, and how long that takes: every tile and split of K that it could take
// is priced, and the cheapest is the plan. Simplified: tiles are laid over the matrix one after another, blocks of one SM
// take turns, and what is read from DRAM is read once.

import type { Bottleneck } from "../roofline/roofline.js";
import * as constants from "./constants.js";
import { capability, type Machine } from "./machine.js";

/** B products C[M, N] = A[M, K] B[K, N] of elements of `bytes` bytes. */
export interface Matmul {
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly bytes: number;
}

/** One way of doing it, and its price. Times in seconds. */
export interface MatmulCandidate {
  /** Rows and columns of C that one block makes. */
  readonly tile: readonly [m: number, n: number];
  /** Blocks that share one tile of C, each with a part of K. */
  readonly splitK: number;
  readonly blocks: number;
  /** Tiles that the busiest SM makes: `blocks / sms`, rounded up. */
  readonly waves: number;
  /** Multiply-adds of the busiest SM. */
  readonly computeTime: number;
  /** Operands from L2 to the busiest SM, while it computes. */
  readonly operandTime: number;
  /** C from the busiest SM to L2. */
  readonly resultTime: number;
  readonly dramTime: number;
  /** Filling the pipeline, and adding up the parts of K. */
  readonly overheadTime: number;
  /** The sum of the above as they overlap. */
  readonly time: number;
  /** The power limit holds the rate below what the SMs could do. */
  readonly powerLimited: boolean;
}

const tensorTiles: readonly (readonly [number, number])[] = [
  ...bothWays([256, 128], [256, 64], [128, 64], [128, 32], [64, 32], [128, 16], [64, 16]),
  ...([
    [128, 128],
    [64, 64],
  ] as const),
];
/** Two SMs of Blackwell work on one tile. */
const pairedTiles: readonly (readonly [number, number])[] = [...tensorTiles, [256, 256]];
const scalarTiles: readonly (readonly [number, number])[] = [
  ...bothWays([256, 128], [128, 64], [128, 32], [64, 32]),
  ...([
    [128, 128],
    [64, 64],
    [32, 32],
  ] as const),
];
const splits = [1, 2, 3, 4, 6, 8, 16];
/** K is worked off in slabs of this many elements. */
const slab = 32;
/** A part of K shorter than this is not worth a block. */
const shortestPart = 128;

/** The cheapest candidate. */
export function planMatmul(machine: Machine, product: Matmul): MatmulCandidate {
  let best: MatmulCandidate | undefined;
  for (const candidate of priced(machine, product)) {
    if (best === undefined || candidate.time < best.time) best = candidate;
  }
  return best as MatmulCandidate;
}

/** Every candidate, the cheapest first: why it is this tile. */
export function matmulCandidates(machine: Machine, product: Matmul): MatmulCandidate[] {
  return [...priced(machine, product)].sort((a, b) => a.time - b.time);
}

function* priced(machine: Machine, product: Matmul): Generator<MatmulCandidate> {
  for (const [tm, tn] of tilesOf(machine)) {
    for (const split of splits) {
      if (isSensible(machine, product, tm, tn, split)) yield price(machine, product, tm, tn, split);
    }
  }
}

function tilesOf({ tensor, device }: Machine): readonly (readonly [number, number])[] {
  if (!tensor) return scalarTiles;
  return Math.floor(capability(device)) === 10 ? pairedTiles : tensorTiles;
}

// K is split where there are too few tiles to keep the SMs busy.
function isSensible({ sms }: Machine, { batch, m, n, k }: Matmul, tm: number, tn: number, split: number): boolean {
  if (split === 1) return true;
  return partOf(k, split) >= shortestPart && batch * Math.ceil(m / tm) * Math.ceil(n / tn) < 2 * sms;
}

function partOf(k: number, split: number): number {
  return slab * Math.ceil(k / split / slab);
}

function price(machine: Machine, product: Matmul, tm: number, tn: number, splitK: number): MatmulCandidate {
  const { batch, m, n, k, bytes } = product;
  const { sms, smRate, powerRate, dramRate, operandRate, l2Rate } = machine;
  const blocks = batch * Math.ceil(m / tm) * Math.ceil(n / tn) * splitK;
  const part = partOf(k, splitK);
  const waves = Math.ceil(blocks / sms);
  const share = constants.mainLoopShare / (1 + (constants.tileEdge * (1 / tm + 1 / tn)) / 2);
  // The SMs that have work share the power.
  const allowed = powerRate / (sms * Math.min(1, blocks / sms / waves));
  const rate = Math.min(smRate * share, allowed);
  const computeTime = (waves * 2 * tm * tn * part) / rate;
  const operandTime = (waves * (tm + tn) * part * bytes) / operandRate;
  const resultTime = (waves * tm * tn * bytes) / l2Rate;
  const moved = batch * (m * k + n * k + m * n) * bytes;
  const dramTime = moved / Math.min(dramRate, Math.min(blocks, sms) * constants.dramPerSm);
  // The parts of C, in 32 bits each, are written and read again through L2.
  const addition = splitK === 1 ? 0 : constants.splitOverhead + (2 * splitK * batch * m * n * 4) / (sms * l2Rate);
  const overheadTime = constants.pipelineFill + addition;
  const parts = { computeTime, operandTime, resultTime, dramTime, overheadTime };
  return {
    tile: [tm, tn],
    splitK,
    blocks,
    waves,
    ...parts,
    time: overlapped(parts),
    powerLimited: allowed < smRate * share,
  };
}

type Parts = Pick<MatmulCandidate, "computeTime" | "operandTime" | "resultTime" | "dramTime" | "overheadTime">;

// The chip's work and the DRAM's are neither wholly one after the other nor wholly at once: as the sides of a right triangle.
function overlapped({ computeTime, operandTime, resultTime, dramTime, overheadTime }: Parts): number {
  return Math.hypot(Math.max(computeTime, operandTime) + resultTime, dramTime) + overheadTime;
}

/** What binds: the resource of which a tenth more saves the most time. */
export function bottleneckOf(plan: MatmulCandidate): Bottleneck {
  const saved = (faster: Partial<Parts>): number => plan.time - overlapped({ ...plan, ...faster });
  const tenth = (time: number): number => time / 1.1;
  const gains: readonly [Bottleneck, number][] = [
    ["compute", saved({ computeTime: tenth(plan.computeTime) })],
    [
      "memory",
      saved({
        dramTime: tenth(plan.dramTime),
        operandTime: tenth(plan.operandTime),
        resultTime: tenth(plan.resultTime),
      }),
    ],
    ["overhead", saved({ overheadTime: tenth(plan.overheadTime) })],
  ];
  return gains.reduce((most, gain) => (gain[1] > most[1] ? gain : most))[0];
}

function bothWays(...tiles: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  return tiles.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]);
}

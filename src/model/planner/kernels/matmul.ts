// How a library would multiply matrices on a device, and how long that takes: every tile and split of K that it could take
// is priced, and the cheapest is the plan. Simplified: tiles are laid over the matrix one after another, blocks of one SM
// take turns, and what is read from DRAM is read once.

import { bytesOf, type MatmulWork } from "../../operator/index.js";
import { capability, hasTensorMemory, isAmd } from "../generation.js";
import { drawTime, type Machine, powerTime, suppositionsInWords } from "../machine.js";
import type { Candidate, Plan, Resources } from "../plan.js";
import { issueLanes } from "../threads.js";
import { matmulTraffic } from "./matmul-traffic.js";

/** One way of doing it, and its price. Times in seconds. */
export interface MatmulCandidate {
  /** Rows and columns of C that one block makes. */
  readonly tile: readonly [m: number, n: number];
  /** Blocks that share one tile of C, each with a part of K. */
  readonly splitK: number;
  readonly blocks: number;
  /** Tiles that the busiest SM makes: `blocks / sms`, rounded up. */
  readonly waves: number;
  /**
   * `compute`: the multiply-adds of the busiest SM. `l2`: operands from L2 to it, while it computes; `l2_results`: C from it to L2.
   * `overhead`: filling the pipeline, and adding up the parts of K.
   */
  readonly resources: Required<Pick<Resources, "compute" | "l2" | "l2_results" | "dram" | "overhead">>;
  /** The sum of the above as they overlap. */
  readonly time: number;
  /** The power limit holds the rate below what the SMs could do. */
  readonly powerLimited: boolean;
}

/** Rows and columns of the result that one block makes, those that there are kernels for. */
export type Tiles = readonly (readonly [m: number, n: number])[];

/** What a library that is about more than products leaves open, or knows better. */
export interface MatmulWays {
  /** The tiles that it has kernels for; those of the libraries of products unless given. */
  readonly tiles?: Tiles;
  /** In how many parts it can take K. */
  readonly splits?: readonly number[];
  /** Bytes that the DRAM moves, where the operands are no matrices in memory. */
  readonly moved?: number;
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
  // The last is that of kernels for a matrix times a few vectors.
  ...bothWays([256, 128], [128, 64], [128, 32], [64, 32], [128, 4]),
  ...([
    [128, 128],
    [64, 64],
    [32, 32],
  ] as const),
];
/** cuBLAS has fewer kernels for batches of FP32 products, by generation, and splits K for none: names of 10,000 that were profiled. */
const batchedTiles: readonly { readonly capability: number; readonly tiles: Tiles }[] = [
  { capability: 8, tiles: [[128, 128]] },
  { capability: 7, tiles: [...bothWays([128, 64], [128, 32]), [64, 64]] },
];
/** What DeepGEMM has for scales by blocks on Hopper: 64 or 128 rows, up to 128 columns, K in one part. */
const scaledTiles: Tiles = [64, 128].flatMap((tm) => [16, 32, 64, 128].map((tn) => [tm, tn] as const));
/** Blackwell's instruction for 4-bit operands, whose scales go by 16 or 32 elements, makes 128 or 256 rows; its kernels leave K whole. */
const fourBitTiles: Tiles = [128, 256].flatMap((tm) => [64, 128, 256].map((tn) => [tm, tn] as const));
/** To apply the scales of a block, every element of the result is multiplied and added outside the tensor cores. */
const scalingInstructions = 2;
const splits = [1, 2, 3, 4, 6, 8, 16];
/** K is worked off in slabs of this many elements, by tensor cores and outside them. */
const slabs = { tensor: 32, scalar: 8 } as const;
/** A part of K shorter than this is not worth a block. */
const shortestPart = 128;

/** The cheapest candidate. */
export function cheapestMatmul(machine: Machine, product: MatmulWork, ways: MatmulWays = {}): MatmulCandidate {
  let best: MatmulCandidate | undefined;
  for (const candidate of priced(machine, product, ways)) {
    if (best === undefined || candidate.time < best.time) best = candidate;
  }
  return best as MatmulCandidate;
}

/** The cheapest candidate as a plan. */
export function planMatmul(machine: Machine, product: MatmulWork, ways: MatmulWays = {}): Plan {
  const best = cheapestMatmul(machine, product, ways);
  return {
    resources: best.resources,
    combine: overlapped,
    time: best.time,
    inWords: () => inWords(best, machine),
    traffic: () => matmulTraffic(machine, product, best),
    candidates: () => matmulCandidates(machine, product, ways).map(asCandidate),
  };
}

/** Every candidate, the cheapest first: why it is this tile. */
export function matmulCandidates(machine: Machine, product: MatmulWork, ways: MatmulWays = {}): MatmulCandidate[] {
  return [...priced(machine, product, ways)].sort((a, b) => a.time - b.time);
}

function* priced(machine: Machine, product: MatmulWork, ways: MatmulWays): Generator<MatmulCandidate> {
  const moved = ways.moved ?? bytesOfOperands(product);
  if (product.batch > 1 && isAmd(machine.device)) {
    // rocBLAS chooses by the extents of one product, however many there are.
    const { tile } = cheapestMatmul(machine, { ...product, batch: 1 }, { ...ways, splits: [1] });
    yield price(machine, product, tile[0], tile[1], 1, moved);
    return;
  }
  for (const [tm, tn] of ways.tiles ?? tilesOf(machine, product)) {
    for (const split of ways.splits ?? splitsOf(machine, product)) {
      if (isSensible(machine, product, tm, tn, split)) yield price(machine, product, tm, tn, split, moved);
    }
  }
}

function splitsOf(machine: Machine, product: MatmulWork): readonly number[] {
  const whole = isScalarBatch(machine, product) || scalesApart(machine, product) || isFourBit(product);
  return whole ? [1] : splits;
}

// From compute capability 10.0 on tensor cores apply the scales themselves.
function scalesApart({ device }: Machine, { scaleBlock }: MatmulWork): boolean {
  return scaleBlock !== undefined && capability(device) < 10;
}

function isFourBit({ formats: { math } }: MatmulWork): boolean {
  return math === "NVFP4" || math === "MXFP4";
}

function isScalarBatch({ tensor }: Machine, { batch }: MatmulWork): boolean {
  return batch > 1 && !tensor;
}

function bytesOfOperands({ batch, m, n, k, formats: { input, weight, output } }: MatmulWork): number {
  return batch * (bytesOf(m * k, input) + bytesOf(n * k, weight) + bytesOf(m * n, output));
}

function tilesOf(machine: Machine, product: MatmulWork): Tiles {
  const { tensor, device } = machine;
  if (isScalarBatch(machine, product)) {
    const known = batchedTiles.find((generation) => generation.capability === Math.floor(capability(device)));
    return known?.tiles ?? scalarTiles;
  }
  if (!tensor) return scalarTiles;
  if (scalesApart(machine, product)) return scaledTiles;
  if (isFourBit(product)) return fourBitTiles;
  return hasTensorMemory(device) ? pairedTiles : tensorTiles;
}

// K is split where there are too few tiles to keep the SMs busy.
function isSensible(machine: Machine, { batch, m, n, k }: MatmulWork, tm: number, tn: number, split: number): boolean {
  if (split === 1) return true;
  const tiles = batch * Math.ceil(m / tm) * Math.ceil(n / tn);
  return partOf(machine, k, split) >= shortestPart && tiles < 2 * machine.sms;
}

function partOf({ tensor }: Machine, k: number, split: number): number {
  const slab = tensor ? slabs.tensor : slabs.scalar;
  return slab * Math.ceil(k / split / slab);
}

function price(
  machine: Machine,
  product: MatmulWork,
  tm: number,
  tn: number,
  splitK: number,
  moved: number,
): MatmulCandidate {
  const { batch, m, n, k, formats } = product;
  const { input, weight, output } = formats;
  const { constants, sms, clock, smRate, loopShare, tileEdge, operandRate, l2Rate } = machine;
  const blocks = batch * Math.ceil(m / tm) * Math.ceil(n / tn) * splitK;
  const part = partOf(machine, k, splitK);
  const waves = Math.ceil(blocks / sms);
  const share = loopShare / (1 + (tileEdge * (1 / tm + 1 / tn)) / 2);
  const atRate = (waves * 2 * tm * tn * part) / (smRate * share);
  // What overhangs the matrices is multiplied too, and SMs without work leave their power to the others.
  const atPower = powerTime(machine, 2 * blocks * tm * tn * part);
  const scaling = scalesApart(machine, product)
    ? (waves * tm * tn * (part / (product.scaleBlock ?? part)) * scalingInstructions) / (issueLanes(machine) * clock)
    : 0;
  // The parts of C, in 32 bits each, are written and read again through L2.
  const addition = splitK === 1 ? 0 : constants.splitOverhead + (2 * splitK * batch * m * n * 4) / (sms * l2Rate);
  const resources = {
    compute: Math.max(atRate, atPower) + scaling,
    l2: (waves * part * (bytesOf(tm, input) + bytesOf(tn, weight))) / operandRate,
    l2_results: (waves * bytesOf(tm * tn, output)) / l2Rate,
    dram: drawTime(machine, moved, blocks),
    overhead: constants.pipelineFill + addition,
  };
  return {
    tile: [tm, tn],
    splitK,
    blocks,
    waves,
    resources,
    time: overlapped(resources),
    powerLimited: atPower > atRate,
  };
}

/** The chip's work and the DRAM's are neither wholly one after the other nor wholly at once: as the sides of a right triangle. */
export function overlapped({ compute = 0, l2 = 0, l2_results = 0, dram = 0, overhead = 0 }: Resources): number {
  return Math.hypot(Math.max(compute, l2) + l2_results, dram) + overhead;
}

function asCandidate({ tile, splitK, blocks, waves, resources, time }: MatmulCandidate): Candidate {
  return { choice: { tile: tile.join(" x "), split: splitK, blocks, waves }, resources, time };
}

function inWords({ tile, splitK, blocks, waves, powerLimited }: MatmulCandidate, machine: Machine): string {
  const { device } = machine;
  const split = splitK === 1 ? "" : `, K in ${splitK} parts`;
  const turns = waves === 1 ? "at once" : `in ${waves} waves`;
  const power = powerLimited ? `; the power limit of ${device.name} holds it back` : "";
  const left = suppositionsInWords(machine);
  return `Planned: tiles of ${tile.join(" x ")}${split}; ${blocks} blocks on ${machine.sms} SMs ${turns}${power}.${left}`;
}

function bothWays(...tiles: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  return tiles.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]);
}

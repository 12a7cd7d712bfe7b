// The block that runs: its warps with their registers filled in, and its shared memory. Registers and memory are made once
// and used again by block after block, each starting from zeros.
import { delinearise, volume } from "../../core/dim3.js";
import type { LaunchImage } from "./launch-image.js";
import { MemoryRegion } from "./memory-region.js";
import type { VariablePlan } from "./program.js";
import { type RegisterLayout, type RegisterWords, warpSize } from "./registers.js";
import { Warp } from "./warp.js";

export class Blocks {
  /** The block that runs, or the next one to start, in linear order. */
  index = 0;
  /** The warps of the running block; none between blocks. */
  warps: Warp[] = [];
  /** The warp that ran last. */
  current = 0;
  /** It gave way: the next ready warp has its turn before the lowest-numbered one. */
  yielded = false;
  /** It was stopped between two steps, to go on from there. */
  interrupted = false;

  private readonly starts: readonly RegisterWords[];
  private readonly registers: readonly RegisterWords[];
  private readonly locals: readonly MemoryRegion[];

  constructor(
    private readonly image: LaunchImage,
    private readonly layout: RegisterLayout,
    plan: VariablePlan,
    readonly shared: MemoryRegion,
  ) {
    const count = Math.ceil(volume(image.block) / warpSize);
    this.starts = Array.from({ length: count }, (_, warp) => this.startingRegisters(warp));
    this.registers = this.starts.map(() => layout.create());
    this.locals = this.starts.map(() => new MemoryRegion(0, plan.localBytes * warpSize, "local memory", "u8"));
  }

  get warpsPerBlock(): number {
    return this.starts.length;
  }

  start(): void {
    this.shared.u8.fill(0);
    this.shared.dirty = true;
    this.current = 0;
    this.yielded = false;
    this.interrupted = false;
    this.warps = this.starts.map((_, index) => this.warp(index));
  }

  end(): void {
    this.warps = [];
    this.index++;
  }

  /** A warp of the block `index` at its first instruction. */
  private warp(index: number): Warp {
    const registers = this.registers[index];
    registers.u32.set(this.starts[index].u32);
    registers.predicates.set(this.starts[index].predicates);
    this.fillBlock(registers);
    const local = this.locals[index];
    local.u8.fill(0);
    return new Warp(index, Math.min(warpSize, volume(this.image.block) - index * warpSize), registers, local);
  }

  /** The lowest-numbered ready warp; after a yield the next one in turn, after an interruption the one that ran. */
  nextWarp(isReady: (warp: Warp) => boolean): Warp | undefined {
    const { warps } = this;
    const first = this.interrupted ? this.current : this.yielded ? this.current + 1 : 0;
    this.yielded = false;
    this.interrupted = false;
    for (let i = 0; i < warps.length; i++) {
      const warp = warps[(first + i) % warps.length];
      if (isReady(warp)) return warp;
    }
    return undefined;
  }

  // What is the same in every block: constants, thread indices, extents, lane masks.
  private startingRegisters(warp: number): RegisterWords {
    const words = this.layout.create();
    const { block, grid } = this.image;
    const fill = (name: string, value: (lane: number) => number): void => {
      const offset = this.layout.specials.get(name);
      if (offset === undefined) return;
      for (let lane = 0; lane < warpSize; lane++) words.u32[offset + lane] = value(lane);
    };
    for (const axis of ["x", "y", "z"] as const) {
      fill(`%tid.${axis}`, (lane) => delinearise(warp * warpSize + lane, block)[axis]);
      fill(`%ntid.${axis}`, () => block[axis]);
      fill(`%nctaid.${axis}`, () => grid[axis]);
    }
    fill("%laneid", (lane) => lane);
    fill("%warpid", () => warp);
    fill("%nsmid", () => this.image.limits.sms);
    fill("%lanemask_eq", (lane) => 1 << lane);
    fill("%lanemask_lt", (lane) => (1 << lane) - 1);
    fill("%lanemask_le", (lane) => (1 << lane) | ((1 << lane) - 1));
    fill("%lanemask_gt", (lane) => ~((1 << lane) | ((1 << lane) - 1)));
    fill("%lanemask_ge", (lane) => ~((1 << lane) - 1));
    return words;
  }

  private fillBlock(words: RegisterWords): void {
    const { specials } = this.layout;
    const position = delinearise(this.index, this.image.grid);
    for (const axis of ["x", "y", "z"] as const) {
      const offset = specials.get(`%ctaid.${axis}`);
      if (offset !== undefined) words.u32.fill(position[axis], offset, offset + warpSize);
    }
    // Blocks go to the SMs round robin.
    const sm = specials.get("%smid");
    if (sm !== undefined) words.u32.fill(this.index % this.image.limits.sms, sm, sm + warpSize);
  }
}

// The blocks that are on the SMs: their warps with registers filled in, and their shared memory. Registers and memory are made
// once and used again by block after block, each starting from zeros. Whose turn it is, is schedulers.ts.
import { delinearise, volume } from "../../core/dim3.js";
import { Asynchronous } from "./asynchronous.js";
import { BarrierStates } from "./barrier-state.js";
import type { LaunchImage } from "./launch-image.js";
import { MemoryRegion } from "./memory-region.js";
import type { VariablePlan } from "./program.js";
import { type RegisterLayout, type RegisterWords, warpSize } from "./registers.js";
import { fillSpecial, startingValues } from "./special-values.js";
import { Warp } from "./warp.js";

/** Room for a block on an SM, and the block that is in it. */
export class Block {
  /** Its number in linear order. */
  index = 0;
  sm = 0;
  warps: readonly Warp[] = [];
  readonly barriers: BarrierStates;

  constructor(
    /** Which of the rooms it is: the same in every run. */
    readonly slot: number,
    readonly registers: readonly RegisterWords[],
    readonly locals: readonly MemoryRegion[],
    readonly shared: MemoryRegion,
    readonly asynchronous: Asynchronous,
  ) {
    this.barriers = new BarrierStates(registers.length);
  }

  get done(): boolean {
    return this.warps.every((warp) => warp.done);
  }
}

/** In which order blocks are begun. */
export interface BlockOrder {
  /** The block, in linear order, that is begun as the nth. */
  at(place: number): number;
  placeOf(block: number): number;
}

export class Blocks {
  /** The blocks on the SMs, the one that was begun first in front. */
  resident: Block[] = [];
  /** The block that runs, or ran last. */
  running: Block | undefined;
  /** How many have been begun. */
  begun = 0;
  /** How many blocks there are. */
  readonly count: number;
  readonly warpsPerBlock: number;

  private readonly slots: Block[] = [];
  private readonly starts: readonly RegisterWords[];
  /** The local memory that each lane of a new warp uses. */
  private readonly tops: Uint32Array;
  /** Blocks on each SM. */
  private readonly load: Uint16Array;
  private readonly mostResident: number;

  /** `blocksPerSm` is undefined where one block runs at a time, on all of the SMs in turn. */
  constructor(
    private readonly image: LaunchImage,
    private readonly layout: RegisterLayout,
    private readonly plan: VariablePlan,
    private readonly order: BlockOrder,
    private readonly blocksPerSm: number | undefined,
  ) {
    const { sms } = image.limits;
    this.count = volume(image.grid);
    this.warpsPerBlock = Math.ceil(volume(image.block) / warpSize);
    this.starts = Array.from({ length: this.warpsPerBlock }, (_, warp) => this.startingRegisters(warp));
    this.tops = new Uint32Array(warpSize).fill(plan.localBytes);
    this.load = new Uint16Array(sms);
    this.mostResident = blocksPerSm === undefined ? 1 : sms * blocksPerSm;
  }

  /** An SM has room, and a block is left for it. */
  get canBegin(): boolean {
    return this.begun < this.count && this.resident.length < this.mostResident;
  }

  /** How many blocks have run to their end. */
  get ended(): number {
    return this.begun - this.resident.length;
  }

  hasBegun(block: number): boolean {
    return this.order.placeOf(block) < this.begun;
  }

  /** The block with this number, where it is on an SM. */
  find(index: number): Block | undefined {
    return this.resident.find((block) => block.index === index);
  }

  inSlot(slot: number): Block {
    return this.slots[slot];
  }

  /** Puts the next block on an SM. */
  begin(): Block {
    const index = this.order.at(this.begun++);
    return this.occupy(this.freeSlot(), index, this.chooseSm(index));
  }

  end(block: Block): void {
    this.resident.splice(this.resident.indexOf(block), 1);
    this.load[block.sm]--;
  }

  /** Takes all blocks off the SMs, to put those of a snapshot there. */
  clear(begun: number): void {
    this.resident = [];
    this.running = undefined;
    this.load.fill(0);
    this.begun = begun;
  }

  /** Puts a block into a slot that is free, at its first instruction. */
  occupy(slot: number, index: number, sm: number): Block {
    while (this.slots.length <= slot) this.slots.push(this.room(this.slots.length));
    const block = this.slots[slot];
    block.index = index;
    block.sm = sm;
    block.shared.u8.fill(0);
    block.shared.dirty = true;
    block.barriers.clear();
    block.asynchronous.reset();
    block.warps = this.starts.map((_, warp) => this.warp(block, warp));
    this.resident.push(block);
    this.load[sm]++;
    return block;
  }

  private freeSlot(): number {
    if (this.resident.length === 0) return 0;
    const taken = new Set(this.resident.map(({ slot }) => slot));
    let slot = 0;
    while (taken.has(slot)) slot++;
    return slot;
  }

  // Round robin where one block runs at a time; otherwise the SM that has the fewest, of several the lowest-numbered.
  private chooseSm(index: number): number {
    const { load } = this;
    if (this.blocksPerSm === undefined) return index % load.length;
    let best = 0;
    for (let sm = 1; sm < load.length; sm++) if (load[sm] < load[best]) best = sm;
    return best;
  }

  private room(slot: number): Block {
    const { starts, layout, plan } = this;
    return new Block(
      slot,
      starts.map(() => layout.create()),
      starts.map(() => new MemoryRegion(0, plan.localBytes * warpSize, "local memory", "u8")),
      new MemoryRegion(0, plan.sharedBytes, "shared memory", "u8"),
      new Asynchronous(this.warpsPerBlock),
    );
  }

  /** A warp of a block at its first instruction. */
  private warp(block: Block, index: number): Warp {
    const registers = block.registers[index];
    registers.u32.set(this.starts[index].u32);
    registers.predicates.set(this.starts[index].predicates);
    this.fillBlock(block, registers);
    const local = block.locals[index];
    local.u8.fill(0);
    const lanes = Math.min(warpSize, volume(this.image.block) - index * warpSize);
    return new Warp(index, lanes, registers, local, this.plan.localBytes, this.tops);
  }

  // What is the same in every block: constants, thread indices, extents, lane masks.
  private startingRegisters(warp: number): RegisterWords {
    const words = this.layout.create();
    const values = startingValues(this.image, this.plan, warp);
    for (const place of this.layout.specials.values()) {
      const value = values[place.name];
      if (value !== undefined) fillSpecial(words, place, value);
    }
    return words;
  }

  private fillBlock({ index, sm }: Block, words: RegisterWords): void {
    const { x, y, z } = delinearise(index, this.image.grid);
    // Without clusters each block is a cluster of its own.
    const values: Readonly<Record<string, number>> = {
      "%ctaid.x": x,
      "%ctaid.y": y,
      "%ctaid.z": z,
      "%clusterid.x": x,
      "%clusterid.y": y,
      "%clusterid.z": z,
      "%smid": sm,
    };
    for (const place of this.layout.specials.values()) {
      const value = values[place.name];
      if (value !== undefined) fillSpecial(words, place, () => value);
    }
  }
}

// Where each register of a kernel and of the functions that it calls lives: each function has places of its own. A register is a vector over the 32 lanes of a warp, so that an instruction is one
// loop over neighbouring words; a predicate is one 32-bit mask; immediates and special registers are registers that are
// filled in when the warp starts. Knows nothing of instructions.
import type { Body } from "../ptx/syntax.js";
import type { PtxType } from "../ptx/types.js";

export const warpSize = 32;
export const allLanes = -1;

/** A register's place: word offset of lane 0 in the warp's words, or the index of its mask for a predicate. */
export interface RegisterSlot {
  readonly name: string;
  readonly type: PtxType;
  readonly offset: number;
}

/** Where a special register's low bytes are kept, as many as an instruction reads. */
export interface SpecialPlace {
  readonly name: string;
  readonly bytes: number;
  readonly offset: number;
}

/** The warp's words seen as each element type. A 64-bit register at word offset o is at `o / 2` in the 64-bit views. */
export class RegisterWords {
  readonly u32: Uint32Array;
  readonly i32: Int32Array;
  readonly f32: Float32Array;
  readonly f64: Float64Array;
  readonly i64: BigInt64Array;
  readonly u64: BigUint64Array;
  readonly predicates: Int32Array;

  constructor(words: number, predicates: number) {
    const buffer = new ArrayBuffer(words * 4);
    this.u32 = new Uint32Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.f32 = new Float32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.i64 = new BigInt64Array(buffer);
    this.u64 = new BigUint64Array(buffer);
    this.predicates = new Int32Array(predicates);
  }
}

/** A kernel or a function whose registers are to be placed. */
export interface RegisterOwner {
  readonly name: string;
  readonly body: Pick<Body, "registers">;
}

/** Assigns places to the registers of a kernel and of its functions, and to their constants and special registers. */
export class RegisterLayout {
  /** The places of a function's registers, by its name and theirs. */
  readonly slots: ReadonlyMap<string, ReadonlyMap<string, RegisterSlot>>;
  /** Special registers in use, each for every width that it is read in. */
  readonly specials: Map<string, SpecialPlace> = new Map();
  private readonly constants = new Map<string, number>();
  private readonly constantWords: {
    readonly offset: number;
    readonly low: number;
    readonly high: number | undefined;
  }[] = [];
  private carryIndex: number | undefined;
  private wordCount = 0;
  private predicateCount = 0;

  constructor(functions: readonly RegisterOwner[]) {
    this.slots = new Map(functions.map(({ name, body }) => [name, this.place(body)]));
  }

  private place({ registers }: RegisterOwner["body"]): Map<string, RegisterSlot> {
    const slots = new Map<string, RegisterSlot>();
    for (const { name, type } of registers.values()) {
      const offset = type.kind === "predicate" ? this.predicateCount++ : this.allocate(type.bytes);
      slots.set(name, { name, type, offset });
    }
    return slots;
  }

  get words(): number {
    return this.wordCount;
  }

  get predicates(): number {
    return this.predicateCount;
  }

  /** The word offset of a special register such as %tid.x, as it is read in so many bytes: 2, 4 or 8. */
  special(name: string, bytes = 4): number {
    const width = bytes < 2 ? 4 : bytes;
    const key = `${name}:${width}`;
    let place = this.specials.get(key);
    if (place === undefined) {
      place = { name, bytes: width, offset: this.allocate(width) };
      this.specials.set(key, place);
    }
    return place.offset;
  }

  /** The word offset of a register that no instruction names. */
  hidden(bytes: number): number {
    return this.allocate(bytes);
  }

  /** The mask index of a predicate that one instruction needs while it executes. */
  scratchPredicate(): number {
    return this.predicateCount++;
  }

  /** The mask index of the carry that add.cc and its kin keep for addc. */
  carry(): number {
    this.carryIndex ??= this.predicateCount++;
    return this.carryIndex;
  }

  /** The word offset of a register that holds these bits in every lane. */
  constant(bits: bigint, bytes: number): number {
    const wide = bytes === 8;
    const value = BigInt.asUintN(wide ? 64 : 32, bits);
    const key = `${wide ? 64 : 32}:${value}`;
    let offset = this.constants.get(key);
    if (offset === undefined) {
      offset = this.allocate(bytes);
      this.constants.set(key, offset);
      const high = wide ? Number(value >> 32n) : undefined;
      this.constantWords.push({ offset, low: Number(value & 0xffff_ffffn), high });
    }
    return offset;
  }

  /** The mask index of a predicate that is true or false in every lane. */
  constantPredicate(value: boolean): number {
    const key = value ? "true" : "false";
    let index = this.constants.get(key);
    if (index === undefined) {
      index = this.predicateCount++;
      this.constants.set(key, index);
    }
    return index;
  }

  /** Fresh registers with the constants in place; special registers are the block's to fill in. */
  create(): RegisterWords {
    const words = new RegisterWords(this.wordCount, this.predicateCount);
    for (const { offset, low, high } of this.constantWords) {
      if (high === undefined) words.u32.fill(low, offset, offset + warpSize);
      else {
        for (let lane = 0; lane < warpSize; lane++) {
          words.u32[offset + 2 * lane] = low;
          words.u32[offset + 2 * lane + 1] = high;
        }
      }
    }
    const truth = this.constants.get("true");
    if (truth !== undefined) words.predicates[truth] = allLanes;
    return words;
  }

  private allocate(bytes: number): number {
    const offset = this.wordCount;
    this.wordCount += Math.max(1, bytes / 4) * warpSize;
    return offset;
  }
}

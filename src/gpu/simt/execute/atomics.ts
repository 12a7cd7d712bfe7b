// atom and red: what becomes of a value in memory. The lanes of a warp take their turn from lane 0 up, and of a vector each element
// on its own.
import { encodeFloat, roundTo } from "../../../core/float-format.js";
import { flush } from "../../arithmetic/exact.js";
import type { Operand } from "../../ptx/syntax.js";
import type { PtxType } from "../../ptx/types.js";
import type { VerifiedInstruction } from "../../ptx/verify.js";
import type { MemoryRegion } from "../memory-region.js";
import type { Warp } from "../warp.js";
import { canonicalNaN32 } from "./float.js";
import { type Elements, elementsOf as halvesOf, numbersOf } from "./half.js";
import { narrowReader } from "./integer.js";
import { access, elementsOf, type MemorySystem, type Request } from "./memory.js";
import type { Execute, OperandPlaces } from "./operands.js";

export function atomic(verified: VerifiedInstruction, places: OperandPlaces, memory: MemorySystem): Execute {
  const type = verified.type as PtxType;
  const { operands } = verified.instruction;
  const keepsOld = verified.row.opcode === "atom";
  const [address, first, second] = keepsOld ? operands.slice(1) : operands;
  const operation = verified.modifiers["op"];
  const old = keepsOld ? elementsOf(operands[0]) : [];
  const elements = elementsOf(first).map((b, index): Element => {
    const c = operation === "cas" ? places.value(second, type) : 0;
    return { d: slotOf(old[index], type, places), b: places.value(b, type), c };
  });
  const request: Request = {
    space: verified.modifiers["space"] ?? "generic",
    address: places.address(address),
    bytes: type.bytes,
    elements: elements.length,
    kind: "atomic",
  };
  const combine = combination(operation, type);
  // Single precision is added in global memory with subnormal numbers as zeros, and in shared memory as they are.
  const flushing = operation === "add" && type.name === "f32" ? combineWords(addFlushed, type) : combine;
  return access(request, memory, (warp, lane, storage, at) => {
    storage.dirty = true;
    const apply = storage === memory.shared ? combine : flushing;
    for (let i = 0; i < elements.length; i++) apply(warp, lane, storage, at + i * type.bytes, elements[i]);
  });
}

/** The registers of a lane that take part; no d where nobody needs the old value. */
interface Element {
  readonly d: number | undefined;
  readonly b: number;
  readonly c: number;
}

function slotOf(operand: Operand | undefined, type: PtxType, places: OperandPlaces): number | undefined {
  return operand === undefined || operand.kind === "symbol" ? undefined : places.value(operand, type);
}

/** Changes the value at byte `at` by the registers b and c, and puts the old one into d. */
type Combine = (warp: Warp, lane: number, storage: MemoryRegion, at: number, element: Element) => void;

const floats = new Float32Array(1);
const floatWords = new Uint32Array(floats.buffer);
const doubles = new Float64Array(1);
const doubleWords = new BigUint64Array(doubles.buffer);

function combination(operation: string, type: PtxType): Combine {
  if (type.bytes === 16) return operation === "exch" ? exchange128 : compareAndSwap128;
  if (type.bytes !== 8) return combineWords(combine32(operation, type), type);
  const apply = combine64(operation, type);
  return (warp, lane, storage, at, { d, b, c }) => {
    const { u64 } = warp.registers;
    const word = at >>> 2;
    const old = BigInt(storage.u32[word]) | (BigInt(storage.u32[word + 1]) << 32n);
    const value = BigInt.asUintN(64, apply(old, u64[(b >>> 1) + lane], u64[(c >>> 1) + lane]));
    storage.u32[word] = Number(value & 0xffff_ffffn);
    storage.u32[word + 1] = Number(value >> 32n);
    if (d !== undefined) u64[(d >>> 1) + lane] = old;
  };
}

type Apply32 = (old: number, b: number, c: number) => number;

function combineWords(apply: Apply32, { bytes }: PtxType): Combine {
  if (bytes === 2) {
    return (warp, lane, storage, at, { d, b, c }) => {
      const { u32 } = warp.registers;
      const old = storage.u16[at >>> 1];
      storage.u16[at >>> 1] = apply(old, u32[b + lane] & 0xffff, u32[c + lane] & 0xffff);
      if (d !== undefined) u32[d + lane] = old;
    };
  }
  return (warp, lane, storage, at, { d, b, c }) => {
    const { u32 } = warp.registers;
    const word = at >>> 2;
    const old = storage.u32[word];
    storage.u32[word] = apply(old, u32[b + lane], u32[c + lane]);
    if (d !== undefined) u32[d + lane] = old;
  };
}

function combine32(operation: string, type: PtxType): Apply32 {
  const halves = halvesOf(type);
  if (halves !== undefined && operation !== "cas") return ofHalves(operation, halves);
  const read = narrowReader(type);
  switch (operation) {
    case "add":
      return type.kind === "float" ? add : (old, b) => old + b;
    case "min":
      return (old, b) => Math.min(read(old), read(b));
    case "max":
      return (old, b) => Math.max(read(old), read(b));
    case "inc":
      return (old, b) => (old >= b ? 0 : old + 1);
    case "dec":
      return (old, b) => (old === 0 || old > b ? b : old - 1);
    case "and":
      return (old, b) => old & b;
    case "or":
      return (old, b) => old | b;
    case "xor":
      return (old, b) => old ^ b;
    case "exch":
      return (_old, b) => b;
    default:
      return (old, b, c) => (old === b ? c : old);
  }
}

function add(old: number, b: number): number {
  return wordOf(float(old) + float(b));
}

function addFlushed(old: number, b: number): number {
  return wordOf(flush(Math.fround(flush(float(old)) + flush(float(b)))));
}

/** add, min and max of each half on its own; of a number and a NaN min and max give the number. */
function ofHalves(operation: string, { format, count }: Elements): Apply32 {
  const numbers = numbersOf(format);
  const pick = operation === "min" ? Math.min : Math.max;
  const apply = (old: number, b: number): number => {
    if (operation === "add") return roundTo(format, old + b);
    if (Number.isNaN(old)) return b;
    return Number.isNaN(b) ? old : pick(old, b);
  };
  return (old, b) => {
    let result = 0;
    for (let shift = 0; shift < 16 * count; shift += 16) {
      const value = apply(numbers[(old >>> shift) & 0xffff], numbers[(b >>> shift) & 0xffff]);
      result |= encodeFloat(format, value) << shift;
    }
    return result;
  };
}

function combine64(operation: string, type: PtxType): (old: bigint, b: bigint, c: bigint) => bigint {
  const read = (value: bigint): bigint => (type.kind === "signed" ? BigInt.asIntN(64, value) : value);
  switch (operation) {
    case "add":
      if (type.kind !== "float") return (old, b) => old + b;
      return (old, b) => {
        doubleWords[0] = b;
        const addend = doubles[0];
        doubleWords[0] = old;
        doubles[0] += addend;
        return doubleWords[0];
      };
    case "min":
      return (old, b) => (read(b) < read(old) ? b : old);
    case "max":
      return (old, b) => (read(b) > read(old) ? b : old);
    case "and":
      return (old, b) => old & b;
    case "or":
      return (old, b) => old | b;
    case "xor":
      return (old, b) => old ^ b;
    case "exch":
      return (_old, b) => b;
    default:
      return (old, b, c) => (old === b ? c : old);
  }
}

// Four words of a lane. d may be the same register as b or c: what is stored is read before d is written.
function exchange128(warp: Warp, lane: number, storage: MemoryRegion, at: number, { d, b }: Element): void {
  const { u32 } = warp.registers;
  const word = at >>> 2;
  const old = storage.u32.slice(word, word + 4);
  storage.u32.set(u32.subarray(b + 4 * lane, b + 4 * lane + 4), word);
  if (d !== undefined) u32.set(old, d + 4 * lane);
}

function compareAndSwap128(warp: Warp, lane: number, storage: MemoryRegion, at: number, { d, b, c }: Element): void {
  const { u32 } = warp.registers;
  const word = at >>> 2;
  const old = storage.u32.slice(word, word + 4);
  if (old.every((each, i) => each === u32[b + 4 * lane + i])) {
    storage.u32.set(u32.subarray(c + 4 * lane, c + 4 * lane + 4), word);
  }
  if (d !== undefined) u32.set(old, d + 4 * lane);
}

function float(word: number): number {
  floatWords[0] = word;
  return floats[0];
}

function wordOf(value: number): number {
  if (Number.isNaN(value)) return canonicalNaN32;
  floats[0] = value;
  return floatWords[0];
}

// The functions of the device's runtime that compilers call without defining them: printf, malloc and free, and what assert calls.
// They are executed like an instruction, lane by lane.
import { type Place, read, write } from "./call-table.js";
import type { MemorySystem } from "./execute/memory.js";
import type { Execute } from "./execute/operands.js";
import { formatAddress } from "./fault.js";
import { type FormatArguments, formatText } from "./format-text.js";
import { allocateBlock, freeBlock } from "./heap.js";
import { localWindow, type MemoryRegion, sharedWindow, windowBytes } from "./memory-region.js";
import type { Warp } from "./warp.js";

/** The function that executes a call; `result` is where what it returns goes, undefined where nobody wants it. */
export function runtimeCall(
  name: string,
  parameters: readonly Place[],
  result: Place | undefined,
  system: MemorySystem,
): Execute {
  const perform = functions[name];
  const words = new Uint32Array(2 * parameters.length);
  return (warp, mask) => {
    for (let lane = 0; lane < 32; lane++) {
      if ((mask & (1 << lane)) === 0) continue;
      words.fill(0);
      parameters.forEach((place, i) => {
        read(warp, lane, place, words, 2 * i);
      });
      const values = parameters.map((_, i) => words[2 * i] + words[2 * i + 1] * 4294967296);
      const returned = perform(values, { warp, lane, system });
      if (result === undefined) continue;
      words[0] = returned >>> 0;
      words[1] = Math.floor(returned / 4294967296) >>> 0;
      write(warp, lane, result, words, 0);
    }
  };
}

interface Caller {
  readonly warp: Warp;
  readonly lane: number;
  readonly system: MemorySystem;
}

const functions: Readonly<Record<string, (values: readonly number[], caller: Caller) => number>> = {
  /** Returns how many arguments there were, or -1 without a format (CUDA C++ Programming Guide, formatted output). */
  vprintf([format, values], caller) {
    if (format === 0) return -1;
    const source = textAt(format, Number.POSITIVE_INFINITY, caller);
    const { bytes, count } = formatText(source, new ArgumentBuffer(values, caller));
    if (bytes.length > 0) caller.system.print(caller.lane, new TextDecoder().decode(bytes));
    return count;
  },

  /** Returns 0 where the heap has no more room. */
  malloc([bytes], { lane, system }) {
    const { global, heapBytes } = system;
    return allocateBlock(global, bytes, heapBytes, `malloc in ${system.describeThread(lane)}`)?.base ?? 0;
  },

  free([address], { lane, system }) {
    if (address === 0 || freeBlock(system.global, address)) return 0;
    const freed = system.global.heap.freed.find((block) => block.address === address);
    return system.fail(lane, {
      kind: "invalid free",
      what:
        freed === undefined
          ? `free of ${formatAddress(address)}, where malloc has given nothing`
          : `free of ${formatAddress(address)} for the second time: it was "${freed.label}" (${freed.bytes} bytes)`,
      fix: "Free once what malloc gave, and nothing else.",
    });
  },

  __assertfail([message, file, line, name], caller) {
    const text = (address: number): string =>
      address === 0 ? "" : new TextDecoder().decode(textAt(address, Number.POSITIVE_INFINITY, caller));
    return caller.system.fail(caller.lane, {
      kind: "assert",
      what: `the assertion ${text(message)} does not hold, at ${text(file)}:${line}${name === 0 ? "" : ` in ${text(name)}`}`,
      fix: "",
    });
  },
};

/** Where a printf's arguments lie: each at a multiple of its size. */
class ArgumentBuffer implements FormatArguments {
  private at: number;

  constructor(
    address: number,
    private readonly caller: Caller,
  ) {
    this.at = address;
  }

  word(): number {
    return this.take(4).getUint32(0, true);
  }

  long(): bigint {
    return this.take(8).getBigUint64(0, true);
  }

  real(): number {
    return this.take(8).getFloat64(0, true);
  }

  text(address: bigint, most: number): Uint8Array {
    return textAt(Number(address), most, this.caller);
  }

  private take(bytes: number): DataView {
    const address = Math.ceil(this.at / bytes) * bytes;
    this.at = address + bytes;
    const found = bytesAt(address, bytes, this.caller);
    return new DataView(found.region.u8.buffer, found.at, bytes);
  }
}

/** A text up to the 0 behind it, at most so many bytes. */
function textAt(address: number, most: number, caller: Caller): Uint8Array {
  const bytes: number[] = [];
  for (let i = 0; i < most; i++) {
    const { region, at } = bytesAt(address + i, 1, caller);
    if (region.u8[at] === 0) break;
    bytes.push(region.u8[at]);
  }
  return Uint8Array.from(bytes);
}

/** Where the bytes at a generic address are stored. A fault where there are none. */
function bytesAt(
  address: number,
  bytes: number,
  { warp, lane, system }: Caller,
): { readonly region: MemoryRegion; readonly at: number } {
  if (address >= localWindow && address < localWindow + windowBytes) {
    const at = address - localWindow;
    if (at + bytes > warp.tops[lane]) system.refuse(lane, at, bytes, "local", "load");
    return { region: warp.local, at: lane * warp.localBytes + at };
  }
  if (address >= sharedWindow && address < sharedWindow + windowBytes) {
    const at = address - sharedWindow;
    if (at + bytes > system.shared.byteLength) system.refuse(lane, at, bytes, "shared", "load");
    return { region: system.shared, at };
  }
  const region = system.global.find(address, bytes);
  if (region === undefined) return system.refuse(lane, address, bytes, "global", "load");
  return { region, at: address - region.base };
}

// The variables of a loaded module in a device's memory: allocated, filled with what they hold at first, and found by name.
import { type DType, type DTypeName, dtypes } from "../../core/dtype.js";
import { InputError, listChoices, nearest } from "../../core/errors.js";
import { functionAddresses } from "../ptx/functions.js";
import { moduleVariables } from "../ptx/module-variables.js";
import { cutWords, quoteAround } from "../ptx/quote.js";
import type { Module, Variable } from "../ptx/syntax.js";
import type { PtxType } from "../ptx/types.js";
import type { MemoryRegion } from "../simt/memory-region.js";
import { constantBytes } from "./constant-bank.js";
import { DeviceArray } from "./device-array.js";
import type { DeviceMemory } from "./device-memory.js";

export class ModuleMemory {
  /** The address of each variable by its symbol. */
  readonly symbols: Readonly<Record<string, number>>;
  private readonly arrays = new Map<string, DeviceArray>();

  /** Allocates all variables. Throws InputError for one that holds an address which nothing here has. */
  constructor(
    module: Module,
    readonly memory: DeviceMemory,
  ) {
    const variables = moduleVariables(module);
    const functions = functionAddresses(module);
    checkReferences(module, variables, functions);
    checkConstants(variables);
    for (const { symbol, type, bytes, space } of variables) {
      const dtype = dtypeOf(type);
      const length = bytes / dtype.bytes;
      const region = memory.allocate(dtype, length, symbol, "module");
      region.constant = space === "const";
      this.arrays.set(symbol, new DeviceArray(memory, region, dtype, length));
    }
    for (const { symbol, initial } of variables) {
      if (initial === undefined) continue;
      const { bytes, addresses } = initial;
      const { region } = this.arrays.get(symbol) as DeviceArray;
      region.u8.set(bytes);
      const view = new DataView(region.u8.buffer);
      for (const { at, name, offset } of addresses) {
        const address = this.arrays.get(name)?.address ?? (functions.get(name) as number);
        view.setBigUint64(at, BigInt(address + offset), true);
      }
    }
    this.symbols = Object.fromEntries([...this.arrays].map(([symbol, { address }]) => [symbol, address]));
  }

  get regions(): readonly MemoryRegion[] {
    return [...this.arrays.values()].map(({ region }) => region);
  }

  get names(): readonly string[] {
    return [...this.arrays.keys()];
  }

  variable(symbol: string): DeviceArray {
    const array = this.arrays.get(symbol);
    if (array !== undefined) return array;
    const { names } = this;
    const slip = nearest(symbol, names);
    throw new InputError(`the PTX has no variable "${symbol}"`, {
      fix:
        slip !== undefined
          ? `Did you mean "${slip}"?`
          : names.length === 0
            ? "It has none in global or constant memory."
            : `It has ${listChoices(names)}.`,
    });
  }
}

// Before anything is allocated: a module that cannot be loaded leaves nothing behind.
function checkReferences(module: Module, variables: readonly Variable[], functions: ReadonlyMap<string, number>): void {
  const symbols = new Set(variables.map(({ symbol }) => symbol));
  for (const { symbol, initial } of variables) {
    for (const { name, ptxLine } of initial?.addresses ?? []) {
      if (symbols.has(name) || functions.has(name)) continue;
      const what = "which is no variable in global memory and no function of this PTX";
      throw new InputError(cutWords(`"${symbol}" holds the address of "${name}", ${what}`), {
        where: { file: "PTX", line: ptxLine, column: 1 },
        ...quoteAround(module.text.split("\n")[ptxLine - 1], 1),
      });
    }
  }
}

function checkConstants(variables: readonly Variable[]): void {
  const used = variables.reduce((sum, { space, bytes }) => sum + (space === "const" ? bytes : 0), 0);
  if (used <= constantBytes) return;
  throw new InputError(`${used} bytes of constant memory, where a module can have ${constantBytes}`, {
    fix: "Put the larger tables into global memory.",
  });
}

/** The host's view of a PTX type: untyped bits, and pairs, as unsigned integers, 128 bits as two. */
function dtypeOf({ name, bytes, kind }: PtxType): DType {
  if (bytes === 16) return dtypes.u64;
  if (kind === "float" && name in dtypes) return dtypes[name as DTypeName];
  return dtypes[`${kind === "signed" ? "i" : "u"}${8 * bytes}` as DTypeName];
}

// PTX text loaded on a device: its kernels by name, with the parameters that the PTX declares.
import { InputError, listChoices } from "../../core/errors.js";
import { inspectAsText } from "../../core/inspect.js";
import { type ModuleReport, moduleReport } from "../analysis/module-report.js";
import { parseModule } from "../ptx/parse.js";
import type { Entry, Module } from "../ptx/syntax.js";
import { verifyEntry } from "../ptx/verify.js";
import type { DeviceArray } from "./device-array.js";
import type { DeviceMemory } from "./device-memory.js";
import { ModuleMemory } from "./module-memory.js";

/** A kernel of a module. Its arguments are a list in the order of its parameters. */
export class PtxKernel {
  static {
    inspectAsText(PtxKernel);
  }

  constructor(
    readonly module: PtxModule,
    readonly name: string,
    readonly entry: Entry,
  ) {}

  get ptx(): string {
    return this.module.ptx;
  }

  toString(): string {
    const parameters = this.entry.parameters.map(({ name, type }) => `.${type.name} ${name}`);
    return `kernel ${this.name}(${parameters.join(", ")}) from PTX`;
  }
}

export class PtxModule {
  static {
    inspectAsText(PtxModule);
  }

  readonly parsed: Module;
  /** Its variables in global and constant memory. */
  readonly memory: ModuleMemory;
  /** Why kernels of this module cannot run, by name: what is not supported, with its line. */
  readonly unsupported: ReadonlyMap<string, InputError>;

  /**
   * Throws InputError for text that is no PTX. A kernel with an instruction that is not supported does not keep the others
   * from running: it is refused when it is asked for. A module none of whose kernels can run is refused at once.
   */
  constructor(
    readonly ptx: string,
    memory: DeviceMemory,
  ) {
    this.parsed = parseModule(ptx);
    this.unsupported = findUnsupported(this.parsed);
    const [first] = this.unsupported.values();
    if (first !== undefined && this.unsupported.size === this.parsed.entries.size) throw first;
    this.memory = new ModuleMemory(this.parsed, memory);
  }

  /** What it holds and what of it can run: what `warplab ptx` prints, and a cell shows. */
  get report(): ModuleReport {
    return moduleReport(this.parsed);
  }

  /** The names of all kernels, also of those that cannot run. */
  get kernels(): readonly string[] {
    return [...this.parsed.entries.keys()];
  }

  /**
   * The name of the PTX for one as it was written: C++ puts letters around it, `_Z5twicePf` for `twice`. Itself where there is none,
   * or more than one.
   */
  private mangled(name: string): string {
    const found = this.kernels.filter((each) => each.startsWith(`_Z${name.length}${name}`));
    return this.parsed.entries.has(name) || found.length !== 1 ? name : found[0];
  }

  /** A kernel by its name, of C++ also as it was written; without a name the only one. Throws InputError for one that is not there or not supported. */
  kernel(name?: string): PtxKernel {
    const { kernels } = this;
    const wanted = name !== undefined ? this.mangled(name) : kernels.length === 1 ? kernels[0] : undefined;
    const entry = wanted === undefined ? undefined : this.parsed.entries.get(wanted);
    if (wanted === undefined || entry === undefined) {
      throw new InputError(wanted === undefined ? "which kernel?" : `the PTX has no kernel "${wanted}"`, {
        fix: kernels.length === 0 ? "It has no .entry at all." : `It has ${listChoices(kernels)}.`,
      });
    }
    const reason = this.unsupported.get(wanted);
    if (reason !== undefined) throw reason;
    return new PtxKernel(this, wanted, entry);
  }

  /**
   * A variable in global or constant memory as an array, to read it or to set it before a launch; one that a kernel declares is
   * called `kernel.name`. Throws InputError for a name that is not there.
   */
  variable(name: string): DeviceArray {
    return this.memory.variable(name);
  }

  toString(): string {
    const kernels = this.kernels.map((name) => (this.unsupported.has(name) ? `${name} (not supported)` : name));
    return `PTX ${this.parsed.version} for ${this.parsed.target}: ${kernels.join(", ")}`;
  }
}

function findUnsupported(module: Module): Map<string, InputError> {
  const reasons = new Map<string, InputError>();
  for (const name of module.entries.keys()) {
    try {
      verifyEntry(module, name);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      reasons.set(name, error);
    }
  }
  return reasons;
}

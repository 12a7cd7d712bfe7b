// PTX text loaded on a device: its kernels by name, with the parameters that the PTX declares.
import { InputError, listChoices } from "../../core/errors.js";
import { inspectAsText } from "../../core/inspect.js";
import { parseModule } from "../ptx/parse.js";
import type { Entry, Module } from "../ptx/syntax.js";
import { verifyEntry } from "../ptx/verify.js";

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

  /** Throws InputError for text that is no PTX, and for a kernel with an instruction that is not supported. */
  constructor(readonly ptx: string) {
    this.parsed = parseModule(ptx);
    for (const name of this.parsed.entries.keys()) verifyEntry(this.parsed, name);
  }

  get kernels(): readonly string[] {
    return [...this.parsed.entries.keys()];
  }

  /** A kernel by name; without a name the only one. */
  kernel(name?: string): PtxKernel {
    const { kernels } = this;
    const wanted = name ?? (kernels.length === 1 ? kernels[0] : undefined);
    const entry = wanted === undefined ? undefined : this.parsed.entries.get(wanted);
    if (wanted === undefined || entry === undefined) {
      throw new InputError(wanted === undefined ? "which kernel?" : `the PTX has no kernel "${wanted}"`, {
        fix: kernels.length === 0 ? "It has no .entry at all." : `It has ${listChoices(kernels)}.`,
      });
    }
    return new PtxKernel(this, wanted, entry);
  }

  toString(): string {
    return `PTX ${this.parsed.version} for ${this.parsed.target}: ${this.kernels.join(", ")}`;
  }
}

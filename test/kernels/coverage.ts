// Which instructions a run of the collection executes: an observer that writes down each instruction once a lane has carried it out.

import type { LaunchableKernel } from "../../src/gpu/host/index.js";
import { type PtxKernel, PtxKernel as PtxKernelClass } from "../../src/gpu/host/index.js";
import { parseModule } from "../../src/gpu/ptx/parse.js";
import { type VerifiedInstruction, verifyEntry } from "../../src/gpu/ptx/verify.js";
import type { Observer } from "../../src/gpu/simt/observer.js";

export class Coverage {
  /** Rows of the table by what they were executed as: `ld.global.nc.v4.f32`. */
  readonly forms = new Map<string, VerifiedInstruction>();

  /** What has been executed, as base opcodes. */
  get opcodes(): ReadonlySet<string> {
    return new Set([...this.forms.values()].map(({ row }) => row.opcode));
  }

  observer(kernel: LaunchableKernel): Observer {
    const module = kernel instanceof PtxKernelClass ? (kernel as PtxKernel).module.parsed : parseModule(kernel.ptx);
    const { code } = verifyEntry(module, kernel.name);
    const seen = new Uint8Array(code.length);
    return {
      instruction: ({ pc }, mask) => {
        if (mask === 0 || seen[pc] === 1) return;
        seen[pc] = 1;
        const { opcode, modifiers } = code[pc].instruction;
        this.forms.set([opcode, ...modifiers].join("."), code[pc]);
      },
    };
  }
}

// CUDA source for a device: what is asked of a compiler, which whoever has one supplies. Knows nothing of programs or files.
import { InputError } from "../../core/errors.js";

/** CUDA as text, or a file with it. */
export type CudaSource = string | { readonly file: string };

export interface CudaOptions {
  /** `sm_90`; the device's own unless given. */
  readonly arch?: string;
  /** Further options for the compiler, as on its command line: `["--use_fast_math", "-DN=4"]`. */
  readonly options?: readonly string[];
}

/** Compiles CUDA to PTX. Rejects with InputError for mistakes in the source, at their places, and where there is no compiler. */
export type CudaCompiler = (source: CudaSource, options: Required<CudaOptions>) => Promise<string>;

let compiler: CudaCompiler | undefined;

/** Sets what `gpu.cuda` compiles with. */
export function setCudaCompiler(next: CudaCompiler | undefined): void {
  compiler = next;
}

/** The PTX of CUDA source for a device of this compute capability, `9.0`. */
export async function compileCuda(
  source: CudaSource,
  options: CudaOptions,
  capability: string | undefined,
): Promise<string> {
  const file = typeof source === "object" && source !== null ? source.file : undefined;
  if (typeof source !== "string" && typeof file !== "string") {
    throw new InputError("gpu.cuda takes CUDA as text, or { file } with it", {
      fix: 'Write await gpu.cuda(`__global__ void f(float *x) { ... }`), or await gpu.cuda({ file: "kernel.cu" }).',
    });
  }
  if (compiler === undefined) {
    throw new InputError("there is no CUDA compiler here", {
      fix: "Compile the source where there is one, nvcc -ptx kernel.cu, and load what comes of it: gpu.load(ptx).",
    });
  }
  const arch = options.arch ?? `sm_${(capability ?? "8.0").replace(".", "")}`;
  if (!/^sm_\d+[af]?$/.test(arch)) {
    throw new InputError(`"${arch}" is no architecture`, { where: "arch", fix: 'Write { arch: "sm_90" }.' });
  }
  return compiler(source, { arch, options: options.options ?? [] });
}

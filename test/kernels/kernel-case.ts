// What a kernel of the collection is: a source, a launch, and an answer that another way of computing gives. Says nothing of how
// it is tested.
import { readFileSync } from "node:fs";
import type { Dim3Like } from "../../src/core/dim3.js";
import {
  type ArgumentsOf,
  type Launch,
  type LaunchableKernel,
  type LaunchConfig,
  type PtxArguments,
  type PtxModule,
  VirtualGPU,
} from "../../src/gpu/host/index.js";
import type { ReconvergencePolicy } from "../../src/gpu/simt/launch-image.js";
import type { DeviceName } from "../../src/hardware/index.js";

type Values = ArrayLike<number | bigint | string>;

/** What a kernel left and what it should have left: the same bits, unless a bound says how far off it may be. */
export interface Outcome {
  readonly what: string;
  readonly got: Values;
  readonly expected: Values;
  /** The largest difference, or how it follows from what is expected. */
  readonly within?: number | ((expected: number, index: number) => number);
}

export interface KernelCase {
  /** `reduction/treeSum`: the source and the kernel; of kernels of the language `language/saxpy`. */
  readonly name: string;
  readonly device?: DeviceName;
  /** The policies under which it cannot come to an end, since its lanes need each other's progress. */
  readonly livelocksUnder?: readonly ReconvergencePolicy[];
  /** Whether blocks wait for later ones, so that one block after the other does not come to an end. */
  readonly blocksNeedEachOther?: boolean;
  readonly run: (trial: Trial) => readonly Outcome[];
}

export interface LaunchShape {
  readonly grid: Dim3Like;
  readonly block: Dim3Like;
  readonly shared?: number;
  readonly cooperative?: boolean;
}

/** What all launches of a trial have in common: policy, observers, step limit. */
export type TrialConfig = Omit<LaunchConfig, keyof LaunchShape>;

/** One run of a case on a GPU of its own. */
export class Trial {
  readonly gpu: VirtualGPU;
  private loaded: PtxModule | undefined;

  constructor(
    private readonly of: KernelCase,
    private readonly config: (kernel: LaunchableKernel) => TrialConfig,
    /** Gets every launch that came to its end. */
    private readonly launches: Launch[] = [],
  ) {
    this.gpu = new VirtualGPU(of.device ?? "a100");
  }

  get name(): string {
    return this.of.name;
  }

  /** The PTX that nvcc made of the case's source. */
  get module(): PtxModule {
    this.loaded ??= this.gpu.load(
      readFileSync(new URL(`cuda/${this.of.name.split("/")[0]}.ptx`, import.meta.url), "utf8"),
    );
    return this.loaded;
  }

  /** Launches a kernel of the source by name; the case's own unless another is named. */
  readonly launch = (shape: LaunchShape, args: PtxArguments, name: string = this.of.name.split("/")[1]): Launch =>
    this.launchKernel(this.module.kernel(name), shape, args);

  readonly launchKernel = <K extends LaunchableKernel>(kernel: K, shape: LaunchShape, args: ArgumentsOf<K>): Launch => {
    const launch = this.gpu.launch(kernel, { ...shape, ...this.config(kernel) }, args);
    this.launches.push(launch);
    return launch;
  };
}

/** The cases of a CUDA source, by the name of the kernel that each launches. */
export function casesOf(
  source: string,
  cases: Readonly<Record<string, KernelCase["run"] | Omit<KernelCase, "name">>>,
): KernelCase[] {
  return Object.entries(cases).map(([kernel, given]) => ({
    name: `${source}/${kernel}`,
    ...(typeof given === "function" ? { run: given } : given),
  }));
}

/** `count` results of a function of the index. */
export function list<T>(count: number, of: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => of(index));
}

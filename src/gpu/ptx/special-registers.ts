// PTX's special registers: which there are, and how wide. What they hold is simt/'s.
import { type PtxType, ptxType } from "./types.js";

export interface SpecialRegister {
  readonly type: PtxType;
  /** Widths in bytes in which old PTX reads it beside its own: the low part. */
  readonly narrower: readonly number[];
  /** It changes while a thread runs, and only mov reads it. */
  readonly changes: boolean;
}

const axes = ["x", "y", "z", "w"];
const [pred, u32, u64] = ["pred", "u32", "u64"].map(ptxType);

const all = (
  names: readonly string[],
  type: PtxType,
  { narrower = [], changes = false }: Partial<SpecialRegister> = {},
): [string, SpecialRegister][] => names.map((name) => [`%${name}`, { type, narrower, changes }]);

const ofAxes = (names: readonly string[]): string[] => names.flatMap((name) => axes.map((axis) => `${name}.${axis}`));

/** The special registers that are read here, by name. */
export const specialRegisters: ReadonlyMap<string, SpecialRegister> = new Map([
  // PTX before 2.0 had 16 bits of these.
  ...all(ofAxes(["tid", "ntid", "ctaid", "nctaid"]), u32, { narrower: [2] }),
  ...all(ofAxes(["clusterid", "nclusterid", "cluster_ctaid", "cluster_nctaid"]), u32),
  ...all(["cluster_ctarank", "cluster_nctarank", "laneid", "warpid", "nwarpid", "smid", "nsmid"], u32),
  ...all(
    ["eq", "le", "lt", "ge", "gt"].map((order) => `lanemask_${order}`),
    u32,
  ),
  ...all(["total_smem_size", "dynamic_smem_size", "aggr_smem_size"], u32),
  ...all(
    Array.from({ length: 32 }, (_, i) => `envreg${i}`),
    u32,
  ),
  ...all(["gridid"], u64, { narrower: [4] }),
  ...all(["current_graph_exec"], u64),
  ...all(["is_explicit_cluster"], pred),
  ...all(["clock", "clock_hi", "globaltimer_lo", "globaltimer_hi"], u32, { changes: true }),
  ...all(["clock64", "globaltimer"], u64, { changes: true }),
]);

/** Special registers that PTX has and that are not read here: the counters of a profiler, and what a driver keeps for itself. */
export function isOtherSpecialRegister(name: string): boolean {
  return /^%(pm\d(_64)?|reserved_smem_offset_\w+)$/.test(name);
}

// Names for registers, labels and arrays of a kernel's PTX: as the person named them where that is possible.
// Knows nothing of instructions.
import { isHalf, isPointer, type ValueType, type Variable } from "../tree.js";

/** A kind of register: its PTX type, and the letters of its temporaries. */
const classes = {
  pred: { type: ".pred", prefix: "p" },
  b16: { type: ".b16", prefix: "h" },
  b32: { type: ".b32", prefix: "r" },
  b64: { type: ".b64", prefix: "rd" },
  f32: { type: ".f32", prefix: "f" },
  f64: { type: ".f64", prefix: "fd" },
} as const;

export type RegisterClass = keyof typeof classes;

export function registerClass(type: ValueType): RegisterClass {
  if (isPointer(type)) return type.space === "shared" ? "b32" : "b64";
  if (type === "bool") return "pred";
  if (type === "f32" || type === "f64") return type;
  if (isHalf(type)) return "b16";
  return type === "i32" || type === "u32" ? "b32" : "b64";
}

export class Registers {
  readonly #temporaries: Record<RegisterClass, number> = { pred: 0, b16: 0, b32: 0, b64: 0, f32: 0, f64: 0 };
  readonly #named: Record<RegisterClass, string[]> = { pred: [], b16: [], b32: [], b64: [], f32: [], f64: [] };
  readonly #variables = new Map<Variable, string>();
  readonly #taken = new Set<string>();

  temporary(kind: RegisterClass): string {
    this.#temporaries[kind]++;
    return `%${classes[kind].prefix}${this.#temporaries[kind]}`;
  }

  /** The register of a variable, named after it: `%zr`, or `%zr_2` where that name is taken. */
  of(variable: Variable): string {
    const found = this.#variables.get(variable);
    if (found !== undefined) return found;
    const kind = registerClass(variable.type);
    const register = unique(`%${identifier(variable.name)}`, this.#taken, (name) => isSpecial(name.slice(1)));
    this.#named[kind].push(register);
    this.#variables.set(variable, register);
    return register;
  }

  /** Every variable with a register, in the order in which they got one. */
  variables(): [Variable, string][] {
    return [...this.#variables];
  }

  /** The `.reg` lines. */
  declarations(): string[] {
    return (Object.keys(classes) as RegisterClass[]).flatMap((kind) => {
      const { type, prefix } = classes[kind];
      const count = this.#temporaries[kind];
      const named = this.#named[kind];
      return [
        ...(count === 0 ? [] : [`.reg ${type} %${prefix}<${count + 1}>;`]),
        ...(named.length === 0 ? [] : [`.reg ${type} ${named.join(", ")};`]),
      ];
    });
  }
}

/** A name for an array's symbol that is neither taken nor a word of PTX. */
export function symbolName(name: string, taken: Set<string>): string {
  return unique(identifier(name), taken, (candidate) => ptxWords.has(candidate));
}

/** Names that no kernel can have, since it keeps the one it is given: `WARP_SZ` is a constant wherever it stands. */
export const reservedNames: ReadonlySet<string> = new Set(["WARP_SZ"]);

/** The name, or with the first of _2, _3 ... that is free; it is taken from then on. */
function unique(name: string, taken: Set<string>, refused: (name: string) => boolean): string {
  let candidate = name;
  for (let n = 2; taken.has(candidate) || refused(candidate); n++) candidate = `${name}_${n}`;
  taken.add(candidate);
  return candidate;
}

/** The characters that PTX does not know become underscores. */
function identifier(name: string): string {
  const safe = name.replaceAll(/[^A-Za-z0-9_$]/g, "_");
  return /^[A-Za-z]/.test(safe) ? safe : `v${safe}`;
}

/** Registers that PTX itself has, and the names of temporaries. */
function isSpecial(name: string): boolean {
  return (
    specialRegisters.has(name) ||
    /^(r|rd|rs|h|f|fd|p|pm|envreg)\d*$/.test(name) ||
    /^reserved_smem_offset_\d+$/.test(name)
  );
}

const specialRegisters: ReadonlySet<string> = new Set(
  `tid ntid laneid warpid nwarpid ctaid nctaid smid nsmid gridid clock clock_hi clock64 globaltimer globaltimer_lo
  globaltimer_hi total_smem_size dynamic_smem_size aggr_smem_size current_graph_exec is_explicit_cluster clusterid
  nclusterid cluster_ctaid cluster_nctaid cluster_ctarank cluster_nctarank lanemask_eq lanemask_le lanemask_lt
  lanemask_ge lanemask_gt reserved_smem_offset_begin reserved_smem_offset_end reserved_smem_offset_cap`.split(/\s+/),
);

/** Opcodes and other reserved words that a symbol must not have for its name. */
const ptxWords: ReadonlySet<string> = new Set(
  `abs activemask add addc alloca and applypriority atom bar barrier bfe bfi bfind bmsk bra brev brkpt brx call clz cnot
  copysign cos cp createpolicy cvt cvta discard div dp2a dp4a elect ex2 exit fence fma fns getctarank griddepcontrol
  isspacep istypep ld ldmatrix ldu lg2 lop3 mad mad24 madc mapa match max mbarrier membar min mma mov movmatrix mul mul24
  multimem nanosleep neg not or pmevent popc prefetch prefetchu prmt rcp red redux rem ret rsqrt sad selp set setmaxnreg
  setp shf shfl shl shr sin slct sqrt st stackrestore stacksave stmatrix sub subc suld suq sured sust szext tanh
  tcgen05 testp tex tld4 trap txq vabsdiff vabsdiff2 vabsdiff4 vadd vadd2 vadd4 vavrg2 vavrg4 vmad vmax vmax2 vmax4 vmin
  vmin2 vmin4 vote vset vset2 vset4 vshl vshr vsub vsub2 vsub4 wgmma wmma xor WARP_SZ`.split(/\s+/),
);

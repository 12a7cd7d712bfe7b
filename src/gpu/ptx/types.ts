// PTX's scalar types. Knows nothing of instructions.

export type PtxKind = "bits" | "signed" | "unsigned" | "float" | "predicate";

export interface PtxType {
  readonly name: string;
  /** Size in bytes; a predicate has none. */
  readonly bytes: number;
  readonly kind: PtxKind;
}

const row = (name: string, bytes: number, kind: PtxKind): PtxType => ({ name, bytes, kind });

export const ptxTypes: ReadonlyMap<string, PtxType> = new Map(
  [
    row("pred", 0, "predicate"),
    row("b8", 1, "bits"),
    row("b16", 2, "bits"),
    row("b32", 4, "bits"),
    row("b64", 8, "bits"),
    row("b128", 16, "bits"),
    row("s8", 1, "signed"),
    row("s16", 2, "signed"),
    row("s32", 4, "signed"),
    row("s64", 8, "signed"),
    row("u8", 1, "unsigned"),
    row("u16", 2, "unsigned"),
    row("u32", 4, "unsigned"),
    row("u64", 8, "unsigned"),
    row("s16x2", 4, "signed"),
    row("u16x2", 4, "unsigned"),
    row("f16", 2, "float"),
    row("bf16", 2, "float"),
    row("f16x2", 4, "float"),
    row("bf16x2", 4, "float"),
    row("tf32", 4, "bits"),
    row("e4m3x2", 2, "bits"),
    row("e5m2x2", 2, "bits"),
    row("f32", 4, "float"),
    row("f64", 8, "float"),
  ].map((type) => [type.name, type]),
);

/** A type that there is. */
export function ptxType(name: string): PtxType {
  const type = ptxTypes.get(name);
  if (type === undefined) throw new Error(`no PTX type ${name}`);
  return type;
}

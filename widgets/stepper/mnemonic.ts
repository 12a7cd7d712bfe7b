// What a PTX instruction's text says about it: its opcode with all its modifiers. Knows no instruction table.

/** `ld.shared.f32` of `@!%p1 ld.shared.f32 %f1, [%r2];` */
export function mnemonic(text: string): string {
  return /^\s*(?:@!?\S+\s+)?([\w.:]+)/.exec(text)?.[1] ?? "";
}

const memory: RegExp = /^(ld|ldu|st|atom|red|cp|ldmatrix)\.(?!param|const)/;
const barrier: RegExp = /^(bar|barrier)\.(?!warp)/;

/** Whether it may reach global, shared or local memory. */
export function reachesMemory(text: string): boolean {
  return memory.test(mnemonic(text));
}

/** Whether it is a barrier of the block. */
export function isBarrier(text: string): boolean {
  return barrier.test(mnemonic(text));
}

export function isBranch(text: string): boolean {
  return /^bra\b/.test(mnemonic(text));
}

/** The label that a branch names, or undefined. */
export function branchTarget(text: string): string | undefined {
  return /([$%\w]+)\s*;?\s*$/.exec(text)?.[1];
}

/** The element type that a load or store moves, as this library names it: `f32`, `i32` for `.s32`, `u32` for `.b32`. */
export function accessType(text: string): string | undefined {
  const type = /\.([subf])(8|16|32|64)$/.exec(mnemonic(text));
  if (type === null) return undefined;
  const kind = { s: "i", u: "u", b: "u", f: "f" }[type[1] as "s" | "u" | "b" | "f"];
  return `${kind}${type[2]}`;
}

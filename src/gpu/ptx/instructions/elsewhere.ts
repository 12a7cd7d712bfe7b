// What to do about instructions that the table does not have and that a compiler emits only when it is asked to.

const architectureSpecific =
  "It exists on one architecture alone: compile for sm_90 without a, or for sm_80; mma.sync and cp.async are supported.";

const advice: readonly { readonly name: RegExp; readonly fix: string }[] = [
  { name: /^(wgmma|tcgen05|setmaxnreg|tensormap|multimem)\b/, fix: architectureSpecific },
  { name: /^cp\.(reduce\.)?async\.bulk\.(prefetch\.)?tensor\b/, fix: architectureSpecific },
  { name: /^mma\.sp\b/, fix: "Sparse matrices are not supported: use mma.sync on the dense matrix." },
  { name: /^mma\..*\bkind::|\be[23]m[123]\b|\bue8m0\b/, fix: architectureSpecific },
];

/** What to do instead of an instruction that is not supported, by its full name. */
export function adviceOn(name: string): string | undefined {
  return advice.find((each) => each.name.test(name))?.fix;
}

// What to do about instructions that PTX has and the table has not.

const architectureSpecific =
  "It exists on one architecture alone: compile for sm_90 without a, or for sm_80; mma.sync and cp.async are supported.";

const advice: readonly { readonly name: RegExp; readonly fix: string }[] = [
  { name: /^(wgmma|tcgen05|setmaxnreg)\b/, fix: architectureSpecific },
  {
    name: /^(tensormap\b|cp\.(reduce\.)?async\.bulk\.(prefetch\.)?tensor\b)/,
    fix: "Tensor maps are not supported: copy row by row, with cp.async.bulk or cp.async.",
  },
  { name: /^multimem\b/, fix: "Addresses of several devices at once are not supported: reach each device by its own." },
  {
    name: /^(barrier\.cluster|clusterlaunchcontrol|mapa|getctarank|st\.async|red\.async)\b/,
    fix: "A cluster has one block here: launch without clusters, and let the block synchronise with barrier.sync.",
  },
  { name: /^tld4\b/, fix: "Gathers of four texels are not supported: fetch each with tex." },
  { name: /^sured\b/, fix: "Reductions on surfaces are not supported: keep the sums in global memory, and use red." },
  {
    name: /^(alloca|stacksave|stackrestore)\b/,
    fix: "Stacks that grow by a number are not supported: declare a .local array.",
  },
  {
    name: /^(brkpt|pmevent)\b/,
    fix: "Debuggers and profilers of NVIDIA read it: leave it out. gpu.step shows every step.",
  },
  { name: /^mma\.sp\b/, fix: "Sparse matrices are not supported: use mma.sync on the dense matrix." },
  { name: /^mma\..*\bkind::|\be[23]m[123]\b|\bue8m0\b/, fix: architectureSpecific },
];

/** What to do instead of an instruction that is not supported, by its full name. */
export function adviceOn(name: string): string | undefined {
  return advice.find((each) => each.name.test(name))?.fix;
}

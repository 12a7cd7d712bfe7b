// What `--what-if` says: `copies=2`, `kernels:*gemm*=1.5`. Knows nothing of what becomes of it.
import { InputError, listChoices } from "../core/errors.js";
import type { SpeedUps } from "../trace/analysis/index.js";

const parts = ["copies", "kernels", "launches", "host"] as const;

/** All of them together. Throws InputError for a text that says of no part how many times as fast it is. */
export function speedUpsOf(texts: readonly string[]): SpeedUps {
  const speedUps: Partial<Record<(typeof parts)[number], number>> = {};
  const kernels: Record<string, number> = {};
  for (const text of texts) {
    const [, what, times] = /^(.+)=([^=]+)$/s.exec(text) ?? [];
    const value = times === undefined || times.trim() === "" ? Number.NaN : Number(times);
    const part = parts.find((one) => one === what);
    if (Number.isNaN(value) || what === undefined) throw misread(text);
    if (part !== undefined) speedUps[part] = value;
    else if (what.startsWith("kernels:")) kernels[what.slice("kernels:".length)] = value;
    else throw misread(text);
  }
  if (Object.keys(kernels).length === 0) return speedUps;
  if (speedUps.kernels !== undefined) {
    // The names given by themselves count first.
    return { ...speedUps, kernels: { ...kernels, "*": speedUps.kernels } };
  }
  return { ...speedUps, kernels };
}

function misread(text: string): InputError {
  return new InputError(`"${text}" says of no part how many times as fast it is`, {
    where: "--what-if",
    fix: `Write copies=2 or "kernels:*gemm*=1.5"; there are ${listChoices([...parts], false)}.`,
  });
}

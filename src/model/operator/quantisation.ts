// Bringing activations into a narrow format before a product, which some measurements include and others do not. Knows no device.
import { readChoice } from "../../core/choices.js";
import { bytesPerElement } from "../../core/precision.js";
import { bytesOf } from "./formats.js";
import type { KernelWork, MatmulWork } from "./kernel-work.js";

/**
 * `matrix`: one scale for a whole matrix, which takes its magnitudes, the largest of them and the conversion: three kernels, as
 * TensorRT-LLM has them. `rows`: a scale for each row, in one kernel that gives a block to each and rounds in software, as vLLM's.
 * `blocks`: scales for parts of rows, in one pass.
 */
export type Quantisation = "matrix" | "rows" | "blocks";

export const quantisations: readonly Quantisation[] = ["matrix", "rows", "blocks"];

/** Reads how activations are brought into a narrow format. Throws InputError that lists the ways. */
export function readQuantisation(written: string, field: string = "quantise"): Quantisation {
  return readChoice(quantisations, written, "quantisation", field);
}

/** The kernels that bring A of a product, 16 bits an element, into its format; none where that is no narrower. */
export function quantisingKernels({ batch, m, k, formats }: MatmulWork, manner: Quantisation): KernelWork[] {
  const { math } = formats;
  if (bytesPerElement[math] >= 2) return [];
  const rows = batch * m;
  if (manner === "rows") return [{ kind: "conversion", rows, columns: k, from: "BF16", to: math }];
  const wide = bytesOf(rows * k, "BF16");
  const pass = (written: number): KernelWork => ({ kind: "preparation", read: wide, written, math });
  const conversion = pass(bytesOf(rows * k, math));
  return manner === "matrix" ? [pass(wide), pass(0), conversion] : [conversion];
}

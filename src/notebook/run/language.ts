// Which notebooks warplab's kernel can run, by the language that their metadata name. Reads no cell.
import { InputError } from "../../core/errors.js";
import type { Notebook } from "../../view/page/index.js";

/** Throws InputError, naming the kernel, for a notebook in a language that is not this kernel's. */
export function refuseOtherLanguages({ metadata }: Notebook, file: string): void {
  const kernelspec = record(metadata["kernelspec"]);
  const language = kernelspec["language"] ?? record(metadata["language_info"])["name"];
  const kernel = kernelspec["name"];
  const isOurs =
    typeof language === "string"
      ? ours.includes(language.toLowerCase())
      : typeof kernel !== "string" || kernels.includes(kernel.toLowerCase());
  if (isOurs) return;
  const named = typeof kernel === "string" ? `for the kernel "${kernel}"` : `in ${language}`;
  const also = typeof kernel === "string" && typeof language === "string" ? `, in ${language}` : "";
  throw new InputError(`the notebook is ${named}${also}; warplab's kernel runs TypeScript`, {
    where: `${file}: metadata.kernelspec`,
    fix: `Run it with its own kernel, or choose "TypeScript (warplab)" for it in Jupyter.`,
  });
}

const ours: readonly unknown[] = ["typescript", "javascript"];

/** Kernels by name, where a notebook does not name the language: ours and tslab's two. */
const kernels: readonly string[] = ["warplab", "tslab", "jslab"];

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

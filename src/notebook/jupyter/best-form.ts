// How a value is shown: by the bundle that it offers under `warplab.mime`, else as `util.inspect` writes it. Knows nothing
// of the kernel.
import { inspect } from "node:util";
import type { MimeBundle } from "../bridge.js";

/** A value's method of this name returns its MIME bundle, or a promise of it. */
export const mimeForm: unique symbol = Symbol.for("warplab.mime") as never;

/** The MIME bundle of a value; `text/plain` is always in it. Rejects with what the value's own method throws. */
export async function bestForm(value: unknown): Promise<MimeBundle> {
  const own = offeredForm(value);
  const bundle = own === undefined ? undefined : await own.call(value);
  if (bundle === undefined || bundle === null || typeof bundle !== "object") return { "text/plain": inspect(value) };
  return "text/plain" in bundle ? bundle : { ...bundle, "text/plain": inspect(value) };
}

type FormMethod = (this: unknown) => MimeBundle | undefined | Promise<MimeBundle | undefined>;

function offeredForm(value: unknown): FormMethod | undefined {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return undefined;
  const method = (value as { [mimeForm]?: unknown })[mimeForm];
  return typeof method === "function" ? (method as FormMethod) : undefined;
}

// How a cell's value is shown: by the bundle that it offers itself, else as the library shows it, else as
// `util.inspect` writes it. Knows nothing of the kernel; the library that a cell loaded comes before our own copy of it.
import { inspect } from "node:util";
import { isChart } from "../../../view/chart/chart.js";
import { jupyterDisplay, type MimeBundle, mimeForm } from "../../bridge.js";

/** Where the library, once a cell has loaded it, puts its function from a value to all the value's forms. */
export const libraryForm: unique symbol = Symbol.for("warplab.bundle") as never;

/** The MIME bundle of a value; `text/plain` is always in it. Rejects with what makes the bundle throws. */
export async function bestForm(value: unknown): Promise<MimeBundle> {
  const plain = plainForm(value);
  if (plain !== undefined) return plain;
  const offered = value as { [mimeForm]?: unknown; [jupyterDisplay]?: unknown };
  const own = offered[mimeForm] ?? offered[jupyterDisplay];
  const library = (globalThis as { [libraryForm]?: Form })[libraryForm];
  const bundle =
    typeof own === "function" ? await own.call(value) : await (library ?? formOfOurs(value as object))?.(value);
  if (bundle === undefined || bundle === null || typeof bundle !== "object") return words(value);
  if (!("text/plain" in bundle)) return { ...bundle, ...words(value) };
  const text = bundle["text/plain"];
  return typeof own !== "function" && typeof text === "string" ? { ...bundle, "text/plain": bounded(text) } : bundle;
}

/** The form of a value that has no code of its own, which nothing needs to be waited for; undefined for all others. */
export function plainForm(value: unknown): MimeBundle | undefined {
  return value === null || (typeof value !== "object" && typeof value !== "function") ? words(value) : undefined;
}

type Form = (value: unknown) => MimeBundle;

/**
 * What shows a table or a chart when no cell has loaded the library: our own installation's, of which only the part that knows
 * forms is loaded, and only then.
 */
function formOfOurs(value: object): ((value: unknown) => Promise<MimeBundle>) | undefined {
  const { numRows, columnNames } = value as Readonly<Record<string, unknown>>;
  const isTable = typeof numRows === "function" && typeof columnNames === "function";
  if (!isTable && !isChart(value)) return undefined;
  return async (shown) => ((await import("../../mime.js")) as { bundleOf: Form }).bundleOf(shown);
}

/** How much of a value's text is shown, in characters: a page that shows it stays alive. */
const longestText = 100_000;

function words(value: unknown): MimeBundle {
  return { "text/plain": bounded(inspect(value)) };
}

function bounded(text: string): string {
  const rest = text.length - longestText;
  return rest <= 0 ? text : `${text.slice(0, longestText)}\n… ${rest} more characters`;
}

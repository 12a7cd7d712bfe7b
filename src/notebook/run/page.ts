// A notebook as it is, made into a page: what Jupyter saved, outputs and widgets, without executing anything.
import { basename, dirname, extname, join, resolve } from "node:path";
import { type Notebook, parseNotebook, renderPage, widgetStateType } from "../../view/page/index.js";
import { pageAssets } from "../assets.js";
import { makeWritableFolder } from "../folders.js";
import { pictureFile, readText, refuseFolders, writeTogether } from "./files.js";

export interface PageOfNotebookOptions {
  /** The folder that the page goes to, under the notebook's name; `out` in the current one unless given. */
  readonly outDir?: string;
  /** Hears what a person should know, in a sentence. */
  onNotice?(notice: string): void;
}

/** Writes the page and returns its path. Throws InputError for a file that is no notebook and a folder that cannot be written. */
export function pageOfNotebook(path: string, { outDir = "out", onNotice }: PageOfNotebookOptions = {}): string {
  const file = resolve(path);
  const notebook = parseNotebook(readText(file, path), path);
  const name = basename(file, extname(file));
  const folder = resolve(outDir);
  const target = join(folder, `${name}.html`);
  makeWritableFolder(folder, "results");
  refuseFolders([target]);
  const notice = whatIsMissing(notebook);
  if (notice !== undefined) onNotice?.(notice);
  const picture = (address: string): string | undefined => pictureFile(dirname(file), address);
  writeTogether({ [target]: renderPage(notebook, { title: name, assets: pageAssets(), picture }) });
  return target;
}

function whatIsMissing({ cells, metadata }: Notebook): string | undefined {
  const outputs = cells.flatMap((cell) => cell.outputs ?? []);
  if (outputs.length === 0) return "no cell has an output yet; `warplab run` executes a notebook and makes its page";
  const saved = metadata["widgets"] as Record<string, { state?: object }> | undefined;
  const states = saved?.[widgetStateType]?.state ?? {};
  const views = outputs.flatMap((output) =>
    "data" in output ? [output.data["application/vnd.jupyter.widget-view+json"] as { model_id?: unknown }] : [],
  );
  const without = views.filter((view) => view !== undefined && !Object.hasOwn(states, String(view?.model_id))).length;
  if (without === 0) return undefined;
  const one = without === 1;
  return (
    `the notebook was saved without the state of ${one ? "a widget" : `${without} widgets`}, so the page shows ` +
    `${one ? "its still form" : "their still forms"}; in JupyterLab, turn on Settings > Save Widget State Automatically, ` +
    "run the cells and save"
  );
}

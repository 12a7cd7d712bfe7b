// The files of a run: the notebook that is read, the pictures it names, the pair that is written. Executes nothing.
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { extname, resolve } from "node:path";
import { InputError } from "../../core/errors.js";
import { joinText, type Notebook, type Output, splitText } from "../../view/page/index.js";

/** The file's text as Jupyter writes it: an indent of one, long texts as lists of lines, a newline at the end. */
export function serializeNotebook(notebook: Notebook): string {
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    source: splitText(joinText(cell.source)),
    ...(cell.outputs === undefined ? {} : { outputs: cell.outputs.map(splitOutput) }),
  }));
  return `${JSON.stringify({ cells, metadata: notebook.metadata, nbformat: notebook.nbformat, nbformat_minor: notebook.nbformat_minor }, null, 1)}\n`;
}

function splitOutput(output: Output): Output {
  if (output.output_type === "stream") return { ...output, text: splitText(joinText(output.text)) };
  if (output.output_type === "error") return output;
  const data = Object.entries(output.data).map(([type, value]) => {
    const isText = type.startsWith("text/") || type === "image/svg+xml" || type === "application/javascript";
    return [type, isText && typeof value === "string" ? splitText(value) : value];
  });
  return { ...output, data: Object.fromEntries(data) };
}

const pictureTypes: Readonly<Record<string, string>> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
  ".svg": "image/svg+xml",
};

/** A picture beside the notebook as a data: address; undefined where there is none. */
export function pictureFile(folder: string, address: string): string | undefined {
  const type = pictureTypes[extname(address).toLowerCase()];
  if (type === undefined) return undefined;
  try {
    return `data:${type};base64,${readFileSync(resolve(folder, decodeURIComponent(address))).toString("base64")}`;
  } catch {
    // The page says the picture's words instead.
    return undefined;
  }
}

/** Throws InputError for what cannot be read. */
export function readText(file: string, path: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const what = code === "ENOENT" ? "there is no such notebook" : `the notebook cannot be read (${code})`;
    throw new InputError(what, { where: path, fix: "Give the path of an .ipynb file." });
  }
}

/** Writes beside and renames, all or none, so that nobody ever reads half a file or a pair that does not belong together. */
export function writeTogether(texts: Readonly<Record<string, string>>): void {
  const temporary = (path: string): string => `${path}.${process.pid}.tmp`;
  const paths = Object.keys(texts);
  let place = "";
  try {
    for (const path of paths) {
      place = path;
      writeFileSync(temporary(path), texts[path]);
    }
    for (const path of paths) {
      place = path;
      renameSync(temporary(path), path);
    }
  } catch (error) {
    for (const path of paths) rmSync(temporary(path), { force: true });
    throw new InputError(`cannot be written (${(error as NodeJS.ErrnoException).code})`, { where: place });
  }
}

/** Throws InputError where a folder stands in the place of a file that is to be written. */
export function refuseFolders(paths: readonly string[]): void {
  for (const path of paths) {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) continue;
    throw new InputError("this is a folder, where the run would write a file", {
      where: path,
      fix: "Choose another folder for the results.",
    });
  }
}

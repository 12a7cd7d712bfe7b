// Makes every stack name cells and the lines as typed: Node asks this module to write an Error's stack. Knows nothing of
// what runs.
import { fileURLToPath } from "node:url";
import type { Place } from "./edited-text.js";

/** Where a script's places are as typed. */
export interface PlacedScript {
  readonly label: string;
  /** Undefined for what is not the script's own text; `inexact` where all that is known is the script. */
  placeAsTyped(place: Place): Place | "inexact" | undefined;
}

const ownFolder = fileURLToPath(new URL("../../../", import.meta.url));
const ownAddress = new URL("../../../", import.meta.url).href;

/** Whether a frame, or its file, is this installation's, or that of another copy of it. */
export function isOwnFrame(text: string): boolean {
  return (
    text.includes(ownFolder) || text.includes(ownAddress) || /[\\/]node_modules[\\/]warplab[\\/]dist[\\/]/.test(text)
  );
}

/** The place as written of a place in a file that was translated; undefined for any other file. */
export type PlaceInFile = (path: string, place: Place) => Place | undefined;

export class StackPlaces {
  constructor(private readonly placeInFile: PlaceInFile = () => undefined) {}

  private readonly scripts = new Map<string, PlacedScript>();

  /** From now on `error.stack` is written here, in Node's own form. */
  install(): void {
    // Node's ten frames often end inside a library, before the cell that called it.
    Error.stackTraceLimit = 50;
    Error.prepareStackTrace = (error, sites) => {
      const header = headerOf(error);
      const lines = this.concerning(sites).flatMap((site) => this.line(site));
      return [header, ...lines].join("\n");
    };
  }

  /** In a cell's stack the frames down to the cell, without our own files'. One without a cell is left as it is. */
  private concerning(sites: readonly NodeJS.CallSite[]): readonly NodeJS.CallSite[] {
    const lowest = sites.findLastIndex((site) => this.scripts.has(site.getFileName() ?? ""));
    return lowest < 0 ? sites : sites.slice(0, lowest + 1).filter((site) => !isOwnFrame(site.getFileName() ?? ""));
  }

  add(script: PlacedScript): void {
    this.scripts.set(script.label, script);
  }

  private line(site: NodeJS.CallSite): string[] {
    const script = this.scripts.get(site.getFileName() ?? "");
    const line = site.getLineNumber();
    const column = site.getColumnNumber();
    if (script === undefined && line !== null && column !== null) {
      const path = site.getFileName() ?? "";
      const written = this.placeInFile(path, { line, column });
      const text = String(site);
      return [
        `    at ${written === undefined ? text : text.replace(`${path}:${line}:${column}`, `${path}:${written.line}:${written.column}`)}`,
      ];
    }
    if (script === undefined || line === null || column === null) return [`    at ${site}`];
    const place = script.placeAsTyped({ line, column });
    if (place === undefined) return [];
    const where = place === "inexact" ? script.label : `${script.label}:${place.line}:${place.column}`;
    return [`    at ${String(site).replace(`${script.label}:${line}:${column}`, where)}`];
  }
}

function headerOf(error: Error): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return "Error";
  }
}

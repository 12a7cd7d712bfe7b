// Makes every stack name cells and the lines as typed: Node asks this module to write an Error's stack. Knows nothing of
// what runs.
import type { Place } from "./edited-text.js";

/** Where a script's places are as typed. */
export interface PlacedScript {
  readonly label: string;
  /** Undefined for what is not the script's own text; `inexact` where all that is known is the script. */
  placeAsTyped(place: Place): Place | "inexact" | undefined;
}

export class StackPlaces {
  private readonly scripts = new Map<string, PlacedScript>();

  /** From now on `error.stack` is written here, in Node's own form. */
  install(): void {
    // Node's ten frames often end inside a library, before the cell that called it.
    Error.stackTraceLimit = 50;
    Error.prepareStackTrace = (error, sites) => {
      const header = headerOf(error);
      const lines = sites.flatMap((site) => this.line(site));
      return [header, ...lines].join("\n");
    };
  }

  add(script: PlacedScript): void {
    this.scripts.set(script.label, script);
  }

  private line(site: NodeJS.CallSite): string[] {
    const script = this.scripts.get(site.getFileName() ?? "");
    const line = site.getLineNumber();
    const column = site.getColumnNumber();
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

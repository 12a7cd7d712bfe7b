// What a person takes away: the scenario, the breakdown and the trace of a run, as files. Knows no host.

import type { ServiceRun } from "../../src/serving/index.js";
import { breakdown } from "../../src/serving/result/breakdown.js";
import { chromeTracePieces } from "../../src/serving/result/trace.js";
import type { Draft } from "./draft.js";

export function saveScenario(draft: Draft): void {
  save(`${fileName(draft["name"])}.json`, [`${JSON.stringify(draft, null, 2)}\n`]);
}

/** Needs the run's log. */
export function saveTrace(run: ServiceRun): void {
  save(`${fileName(run.scenario.name)}-trace.json`, joined(chromeTracePieces(run)));
}

/** Needs the run's log. */
export function saveBreakdown(run: ServiceRun): void {
  save(`${fileName(run.scenario.name)}-breakdown.json`, [JSON.stringify(breakdown(run))]);
}

function fileName(name: unknown): string {
  const words = typeof name === "string" ? name.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") : "";
  return words === "" ? "scenario" : words;
}

/** Parts of a megabyte or so: a part for each event would be millions of them. */
function joined(pieces: Iterable<string>): string[] {
  const parts: string[] = [];
  let part = "";
  for (const piece of pieces) {
    part += piece;
    if (part.length > 2 ** 20) {
      parts.push(part);
      part = "";
    }
  }
  return [...parts, part];
}

function save(name: string, parts: string[]): void {
  const address = URL.createObjectURL(new Blob(parts, { type: "application/json" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser reads the address after the click.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

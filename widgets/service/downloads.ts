// What a person takes away: the scenario, the breakdown and the trace of a run, as files. Knows no host.

import type { ServiceRun } from "../../src/serving/index.js";
import { breakdown } from "../../src/serving/result/breakdown.js";
import { chromeTracePieces } from "../../src/serving/result/trace.js";
import { download, fileName, joinedParts } from "../download.js";
import type { Draft } from "./draft.js";

export function saveScenario(draft: Draft): void {
  download(`${nameOf(draft["name"])}.json`, [`${JSON.stringify(draft, null, 2)}\n`]);
}

/** Needs the run's log. */
export function saveTrace(run: ServiceRun): void {
  download(`${nameOf(run.scenario.name)}-trace.json`, joinedParts(chromeTracePieces(run)));
}

/** Needs the run's log. */
export function saveBreakdown(run: ServiceRun): void {
  download(`${nameOf(run.scenario.name)}-breakdown.json`, [JSON.stringify(breakdown(run))]);
}

function nameOf(name: unknown): string {
  return fileName(typeof name === "string" ? name : "", "scenario");
}

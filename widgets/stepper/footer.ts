// What the whole launch cost, in the counters that profilers use.
import { type Counters, flopPerByte, sectorsPerRequest } from "../../src/gpu/analysis/counters.js";
import { element } from "./dom.js";
import { brief, count, percent } from "./numbers.js";

export interface Figure {
  readonly name: string;
  readonly value: string;
  /** How it is worked out, for the tooltip. */
  readonly meaning: string;
}

export function footer(counters: Counters): HTMLElement {
  return element(
    "footer",
    { "data-part": "footer", "aria-label": "Counters of the whole launch" },
    element("span", { class: "scope" }, "whole launch"),
    ...figures(counters).map(({ name, value, meaning }) =>
      element("span", { title: meaning }, `${name} `, element("b", {}, value)),
    ),
  );
}

/** A ratio whose denominator is zero is left out rather than shown as nothing. */
export function figures(counters: Counters): Figure[] {
  const list: Figure[] = [
    { name: "warp instructions", value: count(counters.warp_instructions), meaning: "One for each step of a warp" },
  ];
  const { branches, divergent_branches } = counters;
  if (branches > 0) {
    list.push({
      name: "branch efficiency",
      value: percent(branches - divergent_branches, branches),
      meaning: `${count(divergent_branches)} of ${count(branches)} branches sent lanes of one warp different ways`,
    });
  }
  const requests = counters.global_load_requests + counters.global_store_requests;
  if (requests > 0) {
    list.push({
      name: "sectors per request",
      value: sectorsPerRequest(counters).toFixed(1),
      meaning: `Sectors of 32 bytes, over ${count(requests)} loads and stores of global memory`,
    });
  }
  const shared = counters.shared_load_requests + counters.shared_store_requests;
  if (shared > 0) {
    list.push({
      name: "bank conflicts",
      value: count(counters.shared_load_conflicts + counters.shared_store_conflicts),
      meaning: `Passes over shared memory beyond the first, over ${count(shared)} loads and stores`,
    });
  }
  if (requests > 0) {
    list.push({
      name: "FLOP per byte",
      value: brief(flopPerByte(counters), 3),
      meaning: "Floating-point operations for each byte of the sectors that were touched",
    });
  }
  return list;
}
